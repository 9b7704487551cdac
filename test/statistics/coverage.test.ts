import { describe, expect, it } from 'vitest';
import { exponentialIndex, exponentialUpperBound } from '../../src/statistics/exponential-mapping.ts';
import { type Interval, moverRatio } from '../../src/statistics/mover.ts';
import { prepareQuantile, quantileInterval } from '../../src/statistics/woodruff.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';

const SCALE = 5;
const FIRST_INDEX = exponentialIndex(Math.exp(-5), SCALE);
const BUCKETS = exponentialIndex(Math.exp(5.5), SCALE) - FIRST_INDEX + 1;
const bounds = Float64Array.from({ length: BUCKETS }, (_, i) => exponentialUpperBound(FIRST_INDEX + i, SCALE));

/** Bucket counts of lognormal(sigma 1) latencies on hosts whose log-levels differ; arms do not differ. */
function drawArm(random: SeededRandom, hosts: number, requestsPerHost: number, hostSpread: number): Float64Array {
  const counts = new Float64Array(hosts * (BUCKETS + 1));
  for (let host = 0; host < hosts; host++) {
    const level = hostSpread * random.normal();
    for (let request = 0; request < requestsPerHost; request++) {
      const bucket = Math.max(0, exponentialIndex(Math.exp(level + random.normal()), SCALE) - FIRST_INDEX);
      counts[host * (BUCKETS + 1) + Math.min(BUCKETS, bucket)]! += 1;
    }
  }
  return counts;
}

/** As `quantileInterval`, but pretending that every request is independent. */
function naiveInterval(clusterCounts: Float64Array, clusters: number): Interval {
  const prepared = prepareQuantile({ bounds, clusterCounts, clusters, p: 0.99, interpolation: 'logarithmic' });
  const standardError = Math.sqrt((0.99 * 0.01) / prepared.total);
  return quantileInterval({ ...prepared, standardError, degreesOfFreedom: Number.POSITIVE_INFINITY }, 0.95);
}

function robustInterval(clusterCounts: Float64Array, clusters: number): Interval {
  const prepared = prepareQuantile({ bounds, clusterCounts, clusters, p: 0.99, interpolation: 'logarithmic' });
  return quantileInterval(prepared, 0.95);
}

function coverage(hosts: number, hostSpread: number, repetitions: number, seed: number) {
  const random = seededRandom(seed);
  let robust = 0;
  let naive = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const before = drawArm(random, hosts, 10_000 / hosts, hostSpread);
    const after = drawArm(random, hosts, 10_000 / hosts, hostSpread);
    const covers = ({ low, high }: Interval) => (low <= 1 && 1 <= high ? 1 : 0);
    robust += covers(moverRatio(robustInterval(before, hosts), robustInterval(after, hosts)));
    naive += covers(moverRatio(naiveInterval(before, hosts), naiveInterval(after, hosts)));
  }
  return { robust: robust / repetitions, naive: naive / repetitions };
}

describe('interval of a p99 ratio between two identical arms', () => {
  it.each([
    { hosts: 20, hostSpread: 0 },
    { hosts: 20, hostSpread: 0.1 },
    { hosts: 8, hostSpread: 0.2 },
  ])(
    'covers 1 at its level with $hosts hosts per arm whose log-levels differ by $hostSpread',
    ({ hosts, hostSpread }) => {
      const { robust } = coverage(hosts, hostSpread, 250, 20_261_120);
      expect(robust).toBeGreaterThanOrEqual(0.93);
      expect(robust).toBeLessThanOrEqual(0.99);
    },
  );

  it('would miss 1 far too often if requests were taken for independent', () => {
    const { naive } = coverage(8, 0.2, 250, 4_182_026);
    expect(naive).toBeLessThan(0.7);
  });
});

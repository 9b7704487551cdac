import { describe, expect, it } from 'vitest';
import { MECHANISMS } from '../../src/analysis/mechanisms/index.ts';
import type { Signature } from '../../src/analysis/mechanisms/mechanism.ts';
import { phaseOf, resolvePhases } from '../../src/analysis/phases.ts';
import { placeByBlock } from '../../src/analysis/sampling/placing.ts';
import { groupSubjects } from '../../src/analysis/subjects.ts';
import { createFolding } from '../../src/ingest/folding/folding.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { BLOCK_MS } from '../support/simulated-cells.ts';
import { ALL_BLOCKS, at, FIRST_POST_BLOCK, upgradeOf } from '../support/simulated-upgrade.ts';

/** What native gRPC metrics tell of one block: nothing but sums and counts. */
interface Told {
  readonly failureChance: number;
  /** Before the first retry; twice as long before each next one. */
  readonly delaySeconds: number;
}

const RESOURCE = new Map([
  ['service.name', 'gateway'],
  ['service.instance.id', 'gateway-1'],
]);
const CALLS = 300;
const MOST_ATTEMPTS = 4;

function signatureOf(toldAt: (block: number) => Told, seed: number): Signature | null {
  const upgrade = upgradeOf();
  const phases = resolvePhases(upgrade, at(0), at(ALL_BLOCKS));
  const folding = createFolding({ resolutionMs: BLOCK_MS, indicators: [], exposureAttributes: new Set() });
  const random = seededRandom(seed);
  const stream = (metric: string) =>
    folding.sink.openStream({
      resource: RESOURCE,
      scope: 'grpc',
      metric,
      unit: 's',
      kind: 'histogram',
      temporality: 'delta',
      monotonic: true,
      attributes: new Map([
        ['grpc.method', 'pay/Charge'],
        ['grpc.target', 'pay'],
      ]),
    });
  for (let block = 0; block < ALL_BLOCKS; block++) {
    const { failureChance, delaySeconds } = toldAt(block);
    let [attempts, retried, delay] = [CALLS, 0, 0];
    for (let call = 0; call < CALLS; call++) {
      for (let retry = 1; retry < MOST_ATTEMPTS && random.uniform() < failureChance; retry++) {
        attempts++;
        if (retry === 1) retried++;
        delay += delaySeconds * 2 ** (retry - 1) * (0.8 + 0.4 * random.uniform());
      }
    }
    const point = (metric: string, count: number, sum: number) =>
      folding.sink.histogramPoint(stream(metric), at(block), at(block + 1), count, sum, [1], [count, 0]);
    point('grpc.client.call.duration', CALLS, 0.05 * attempts + delay);
    point('grpc.client.attempt.duration', attempts, 0.05 * attempts);
    if (retried > 0) point('grpc.client.call.retry_delay', retried, delay);
  }
  const subject = groupSubjects(folding.finish().cells, phases)[0]!;
  const sample = placeByBlock(subject.series, (_index, block) => phaseOf(phases, block));
  const arms = { baseline: 'before', post: 'after' };
  return MECHANISMS.get('backoff changed')!.signatureOf({ subject, sample, phases, arms, margins: upgrade.margins });
}

const fromUpgrade = (post: Partial<Told>) => (block: number) => ({
  failureChance: 0.05,
  delaySeconds: 0.2,
  ...(block >= FIRST_POST_BLOCK ? post : {}),
});
const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

describe('a backoff of which only the gRPC metrics tell', () => {
  it('is shown with its mean delay where it became shorter, though more calls fail', () => {
    for (const seed of SEEDS) {
      const signature = signatureOf(fromUpgrade({ delaySeconds: 0.05, failureChance: 0.08 }), seed);
      expect(signature?.manner).toBe('waiting shorter before calls are repeated');
      const [figure] = signature?.figures ?? [];
      expect(figure?.baseline).toBeGreaterThan(0.2);
      expect(figure?.baseline).toBeLessThan(0.23);
      expect(figure?.post).toBeGreaterThan(0.05);
      expect(figure?.post).toBeLessThan(0.06);
    }
  });

  it('is shown where it became longer and no more calls fail', () => {
    for (const seed of SEEDS) {
      const signature = signatureOf(fromUpgrade({ delaySeconds: 0.6, failureChance: 0.04 }), seed);
      expect(signature?.manner).toBe('waiting longer before calls are repeated');
    }
  });

  it.each([0.15, 0.5])(
    'is not shown where only failures grew to %d, whose late retries wait longer',
    (failureChance) => {
      expect(SEEDS.filter((seed) => signatureOf(fromUpgrade({ failureChance }), seed) !== null)).toEqual([]);
    },
  );

  it('is not shown where nothing changed, nor where failures fell', () => {
    expect(SEEDS.filter((seed) => signatureOf(fromUpgrade({}), seed) !== null)).toEqual([]);
    const fewer = fromUpgrade({ failureChance: 0.05 });
    const more = (block: number) => ({ ...fewer(block), ...(block < FIRST_POST_BLOCK ? { failureChance: 0.5 } : {}) });
    expect(SEEDS.filter((seed) => signatureOf(more, seed) !== null)).toEqual([]);
  });
});

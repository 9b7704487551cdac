import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bucketCdf, bucketQuantile } from '../../src/statistics/bucket-distribution.ts';
import { type Call, callOf, type Histogram, histogramsOf } from './promql-histograms.ts';
import { type Expectation, expectationsOf } from './promql-script.ts';

const FOLDER = resolve(import.meta.dirname, '../../../shared/formats/prometheus/promql/promqltest/testdata');
const present = existsSync(FOLDER);
if (!present) console.warn('SKIPPED: ../shared/formats/prometheus is absent, so quantiles were not checked against it');

const expectations = ['histograms.test', 'native_histograms.test']
  .filter(() => present)
  .flatMap((file) => expectationsOf(file, readFileSync(resolve(FOLDER, file), 'utf8')));

function answer(name: string, numbers: readonly number[], histogram: Histogram): number {
  const { bounds, counts, interpolation } = histogram;
  if (name !== 'histogram_fraction') return bucketQuantile(bounds, counts, numbers[0]!, interpolation).value;
  const [from, to] = numbers.map((value) => bucketCdf(bounds, counts, value, interpolation));
  return Math.max(0, to! - from!);
}

interface Check {
  readonly where: string;
  readonly family: 'classic' | 'native';
  readonly name: string;
  readonly actual: number;
  readonly expected: number;
  readonly unlike: string | null;
}

function histogramFor(histograms: readonly Histogram[], labels: ReadonlyMap<string, string>): Histogram | undefined {
  return histograms.find((histogram) => {
    const known = [...histogram.labels].filter(([label]) => label !== '__name__');
    return known.length === labels.size && known.every(([label, value]) => labels.get(label) === value);
  });
}

function checksOf(expectation: Expectation): Check[] {
  const call = callOf(expectation.expression);
  const histograms = call && histogramsOf(call.vector, expectation);
  if (!call || !histograms) return [];
  return expectation.results.flatMap(({ labels, value }) => {
    const rest = new Map([...labels].filter(([label]) => call.name !== 'histogram_quantiles' || label !== 'q'));
    const numbers = call.name === 'histogram_quantiles' ? [Number(labels.get('q'))] : call.numbers;
    const histogram = histogramFor(histograms, rest);
    const where = `${expectation.file}:${expectation.line} ${expectation.expression} ${JSON.stringify([...labels])}`;
    if (histogram === undefined)
      return [{ where, family: 'classic', name: call.name, actual: Number.NaN, expected: 0, unlike: null }];
    return [
      {
        where,
        family: histogram.interpolation === 'linear' ? 'classic' : 'native',
        name: call.name,
        actual: answer(call.name, numbers, histogram),
        expected: value,
        unlike: differenceOf(call, histogram),
      },
    ];
  });
}

const IN_NO_BEGINNING = 'a range that begins in a bucket without a beginning';

/** Why an answer of Prometheus is none of ours; null where it is. */
function differenceOf(call: Call, histogram: Histogram): string | null {
  // The native twin of the classic histogram that writes 0.2 three ways keeps one of the three.
  if (/\bmixed\b/.test(call.vector)) return 'one bound written three ways';
  const [from] = call.numbers;
  const [first] = histogram.bounds;
  const isInFirst = call.name === 'histogram_fraction' && Number.isFinite(from) && from! < first! && first! <= 0;
  return isInFirst && histogram.interpolation === 'linear' ? IN_NO_BEGINNING : histogram.unlike;
}

const isSame = ({ actual, expected }: Check) =>
  Object.is(actual, expected) || Math.abs(actual - expected) <= 1e-6 * Math.max(1e-9, Math.abs(expected));

const checks = expectations.flatMap(checksOf);
const like = checks.filter(({ unlike }) => unlike === null);

describe("Prometheus' own tests of its histogram functions", () => {
  it.skipIf(!present).each([
    ['classic', 'histogram_quantile', 100],
    ['classic', 'histogram_quantiles', 20],
    ['classic', 'histogram_fraction', 40],
    ['native', 'histogram_quantile', 20],
    ['native', 'histogram_fraction', 30],
  ] as const)('on %s buckets have the answers of %s that we have', (family, name, fewest) => {
    const ours = like.filter((check) => check.family === family && check.name === name);
    for (const check of ours)
      expect(isSame(check), `${check.where}: ${check.actual}, not ${check.expected}`).toBe(true);
    expect(ours.length).toBeGreaterThanOrEqual(fewest);
  });

  /**
   * Ours differs on purpose. Durations, sizes and counts are never below zero: such observations are read as
   * zero, with a finding, and a zero bucket reaches from 0 up even where nothing lies beside it. NaN observations are in no
   * bucket and so in no quantile, where Prometheus puts them above all others.
   * A bucket that ends below zero has no beginning: a share up to a value in it is 0, in Prometheus all of it.
   */
  it.skipIf(!present)('differ only where a histogram holds what a latency cannot, or one bound several ways', () => {
    const counts = new Map<string, number>();
    for (const { unlike } of checks) if (unlike !== null) counts.set(unlike, (counts.get(unlike) ?? 0) + 1);
    expect([...counts.keys()].sort()).toEqual([
      IN_NO_BEGINNING,
      'nothing outside the zero bucket',
      'observations below zero',
      'observations that are NaN',
      'one bound written three ways',
    ]);
    expect(like.length / checks.length).toBeGreaterThan(0.6);
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/domain/report.ts';
import type { Better } from '../../src/domain/upgrade.ts';
import { cellKey, cellsOf, namedSeries } from '../support/simulated-cells.ts';
import { at, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

const FILE = resolve(import.meta.dirname, '../../../shared/vectors/kayenta/classifier_vectors.json');

interface Vector {
  readonly name: string;
  readonly control: readonly (number | null)[] | null;
  readonly experiment: readonly (number | null)[] | null;
  readonly classifier: string;
  readonly classify_args: readonly string[];
  readonly expected: readonly string[];
}

type Label = 'High' | 'Low' | 'Pass' | 'Nodata';

const present = existsSync(FILE);
if (!present) console.warn('SKIPPED: ../shared/vectors/kayenta is absent, so parity with Kayenta was not checked');
const vectors = present ? (JSON.parse(readFileSync(FILE, 'utf8')) as Vector[]) : [];
/**
 * Labels agree on all of these, though a Pass of Kayenta may be a `cannot-tell` here: absence of evidence is no claim.
 * Effect sizes and NaN replacement are Kayenta's own knobs: only plain classifications can be compared.
 */
const plain = vectors.filter(
  ({ classifier, classify_args }) =>
    !/Thresholds/.test(classifier) &&
    !/NaNStrategy\.Replace/.test(classify_args.join()) &&
    /MannWhitney/.test(classifier),
);

function betterOf({ classify_args }: Vector): Better {
  const direction = classify_args.join();
  return direction.includes('Increase') ? 'lower' : direction.includes('Decrease') ? 'higher' : 'either';
}

/** Control and experiment as one value a block, before and after, with Kayenta's tolerance as the margin. */
function judge(vector: Vector): Comparison {
  const control = vector.control ?? [];
  const experiment = vector.experiment ?? [];
  const values = [...control, ...experiment];
  const series = namedSeries(cellKey(), 'metric', values.length, (block) => ({
    sum: values[block] ?? 0,
    count: values[block] == null ? 0 : 1,
  }));
  const tolerance = Number(/tolerance = ([\d.]+)/.exec(vector.classifier)?.[1]);
  const indicator = {
    name: 'metric',
    metric: 'metric',
    kind: 'gauge',
    unit: '',
    denominator: null,
    quantiles: [],
  } as const;
  const upgrade = upgradeOf({
    window: null,
    baseline: [{ startMs: at(0), endMs: at(control.length) }],
    post: { startMs: at(control.length), endMs: at(values.length + 1) },
    indicators: [{ ...indicator, better: betterOf(vector) }],
    margins: { latency: tolerance, errorRatio: 0.1, retryRatio: 0.1 },
  });
  return reportOf(cellsOf([series]), upgrade).comparisons[0]!;
}

function labelOf({ verdict, effect, requests }: Comparison): Label {
  if (Math.min(...requests) === 0) return 'Nodata';
  const moved = verdict === 'regressed' || verdict === 'shifted';
  return !moved ? 'Pass' : (effect?.estimate ?? 0) > 0 ? 'High' : 'Low';
}

describe('Kayenta', () => {
  it.skipIf(!present)('gives vectors to compare with', () => {
    expect(plain.length).toBeGreaterThan(10);
  });

  it.skipIf(!present).each(plain)('$name', (vector) => {
    expect(labelOf(judge(vector))).toBe(vector.expected[0]);
  });
});

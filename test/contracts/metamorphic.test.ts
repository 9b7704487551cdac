import { describe, expect, it } from 'vitest';
import type { CellSeries } from '../../src/domain/cells.ts';
import type { Comparison, Report } from '../../src/domain/report.ts';
import type { NamedIndicator } from '../../src/domain/upgrade.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, namedSeries, ORDINARY, simulateRequests } from '../support/simulated-cells.ts';
import { ALL_BLOCKS, FIRST_POST_BLOCK, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

/** What is told of a series must not depend on how it is written down. */
const named = (fields: Partial<NamedIndicator> = {}): NamedIndicator => ({
  name: 'level',
  metric: 'level',
  kind: 'gauge',
  better: 'lower',
  unit: 'By',
  denominator: null,
  quantiles: [0.5, 0.9],
  ...fields,
});

const onlyOne = (series: readonly CellSeries[], indicator: NamedIndicator): Comparison =>
  reportOf(cellsOf(series), upgradeOf({ indicators: [indicator] })).comparisons[0]!;

/** Moves from clearly better over unclear to clearly worse. */
const FACTORS = [0.5, 0.93, 0.98, 1, 1.02, 1.07, 2];

/** A noisy level that moves by a factor, around `level`, on its way through `write`. */
function levels(factor: number, level: number, write: (value: number) => number): CellSeries {
  const random = seededRandom(17);
  return namedSeries(cellKey(), 'level', ALL_BLOCKS, (block) => ({
    sum: write(level * (block >= FIRST_POST_BLOCK ? factor : 1) * (1 + 0.08 * random.normal())),
    count: 1,
  }));
}

const identity = (value: number): number => value;
const flipped = { lower: 'higher', higher: 'lower', either: 'either' } as const;

/** Verdict and chances, without what is written in the unit. */
const told = ({ verdict, p, q }: Comparison) => ({ verdict, p: p!.toPrecision(5), q: q!.toPrecision(5) });

describe.each(FACTORS)('a gauge that moves by a factor of %d', (factor) => {
  it.each([
    ['s', 'ms', 1000],
    ['By', 'kBy', 1 / 1024],
    ['1', '%', 100],
  ])('is told the same in %s as in %s', (unit, other, scale) => {
    for (const better of ['lower', 'higher', 'either'] as const) {
      const one = onlyOne([levels(factor, 0.3, identity)], named({ unit, better }));
      const same = onlyOne([levels(factor, 0.3, (value) => value * scale)], named({ unit: other, better }));
      expect(told(same)).toEqual(told(one));
    }
  });

  it.each(['lower', 'higher', 'either'] as const)(
    'is told the same with its sign turned, %s being better',
    (better) => {
      const one = onlyOne([levels(factor, 40, identity)], named({ better }));
      const turned = onlyOne([levels(factor, 40, (value) => -value)], named({ better: flipped[better] }));
      expect(told(turned)).toEqual(told(one));
      expect(turned.effect!.estimate).toBeCloseTo(-one.effect!.estimate, 9);
    },
  );

  it.each(['lower', 'higher', 'either'] as const)(
    'as a share is told as what is missing to 100 %%, %s being better',
    (better) => {
      const one = onlyOne([levels(factor, 4, identity)], named({ unit: '%', better }));
      const missing = onlyOne(
        [levels(factor, 4, (value) => 100 - value)],
        named({ unit: '%', better: flipped[better] }),
      );
      expect(told(missing)).toEqual(told(one));
    },
  );

  it.each([
    ['Cel', 'K', 1, 273.15],
    ['Cel', '[degF]', 1.8, 32],
  ])('of a temperature is told the same in %s as in %s', (unit, other, scale, zero) => {
    const one = onlyOne([levels(factor, 40, identity)], named({ unit }));
    const same = onlyOne([levels(factor, 40, (value) => value * scale + zero)], named({ unit: other }));
    expect(told(same)).toEqual(told(one));
  });

  it('that lies around zero is told the same wherever it is measured from', () => {
    const around = (shift: number, scale: number): CellSeries => {
      const random = seededRandom(23);
      return namedSeries(cellKey(), 'level', ALL_BLOCKS, (block) => ({
        sum: scale * (random.normal() + shift + (block >= FIRST_POST_BLOCK ? 10 * (factor - 1) : 0)),
        count: 1,
      }));
    };
    const one = onlyOne([around(0, 1)], named());
    if (one.effect!.kind === 'absolute') expect(told(onlyOne([around(0, 1e6)], named()))).toEqual(told(one));
    const warm = onlyOne([around(50, 1)], named({ unit: 'Cel' }));
    expect(told(onlyOne([around(0, 1)], named({ unit: 'Cel' })))).toEqual(told(warm));
  });
});

it('a gauge that never moved is no regression, at zero too', () => {
  for (const level of [0, 5, -5]) {
    expect(onlyOne([levels(1, 0, () => level)], named()).verdict).toBe('no-regression');
  }
});

describe.each(FACTORS)('a ratio of amounts that moves by a factor of %d', (factor) => {
  it('is told the same in other units of its numerator', () => {
    const series = (scale: number): CellSeries => {
      const random = seededRandom(29);
      return namedSeries(cellKey(), 'level', ALL_BLOCKS, (block) => ({
        sum: scale * 900 * (block >= FIRST_POST_BLOCK ? factor : 1) * (1 + 0.1 * random.normal()),
        count: 300,
      }));
    };
    const ratio = (unit: string) => named({ kind: 'ratio', unit, denominator: 'calls' });
    const one = onlyOne([series(1)], ratio('ms'));
    expect(told(onlyOne([series(1e-3)], ratio('s')))).toEqual(told(one));
    expect(told(onlyOne([series(1e6)], ratio('ns')))).toEqual(told(one));
  });
});

describe.each([0.6, 1, 1.04, 1.8])('a histogram of explicit buckets that moves by a factor of %d', (factor) => {
  it('is told the same in milliseconds as in seconds', () => {
    const series = (scale: number): CellSeries => {
      const bounds = [0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.15, 0.2, 0.4, 1];
      const random = seededRandom(31);
      const counts: number[] = [];
      for (let block = 0; block < ALL_BLOCKS; block++) {
        const row = new Array<number>(bounds.length + 1).fill(0);
        for (let i = 0; i < 200; i++) {
          const value = 0.05 * (block >= FIRST_POST_BLOCK ? factor : 1) * Math.exp(0.6 * random.normal());
          const bucket = bounds.findIndex((bound) => value <= bound);
          row[bucket < 0 ? bounds.length : bucket]!++;
        }
        counts.push(...row);
      }
      const size = bounds.length + 1;
      return {
        ...namedSeries(cellKey(), 'level', ALL_BLOCKS, () => ({ sum: 10 * scale, count: 200 })),
        histogram: {
          layouts: [{ kind: 'explicit', bounds: Float64Array.from(bounds, (bound) => bound * scale) }],
          layoutOfRow: new Int32Array(ALL_BLOCKS),
          firstCount: Int32Array.from({ length: ALL_BLOCKS + 1 }, (_, row) => row * size),
          offsetOfRow: new Int32Array(ALL_BLOCKS),
          counts: Float64Array.from(counts),
        },
      };
    };
    const histogram = (unit: string) => named({ kind: 'histogram', unit });
    const tell = (scale: number, unit: string): unknown[] =>
      reportOf(cellsOf([series(scale)]), upgradeOf({ indicators: [histogram(unit)] })).comparisons.map(told);
    expect(tell(1000, 'ms')).toEqual(tell(1, 's'));
  });
});

/** Requests of three instances, and gauges and ratios of the user's own on the same. */
function fleet(factor: number): CellSeries[] {
  const random = seededRandom(37);
  return ['a', 'b', 'c'].flatMap((instance) => {
    const key = cellKey({ instance });
    const isPost = (block: number): boolean => block >= FIRST_POST_BLOCK;
    const moved = (block: number): number => (isPost(block) ? factor : 1);
    return [
      simulateRequests(
        key,
        ALL_BLOCKS,
        (block) => ({
          ...ORDINARY,
          requests: 80,
          medianSeconds: ORDINARY.medianSeconds * moved(block),
          errorShare: ORDINARY.errorShare * moved(block),
          retryShare: ORDINARY.retryShare * moved(block),
        }),
        random,
      ),
      namedSeries(key, 'level', ALL_BLOCKS, (block) => ({ sum: moved(block) * (4 + 0.4 * random.normal()), count: 1 })),
      namedSeries(key, 'misses', ALL_BLOCKS, (block) => ({
        sum: Math.round(moved(block) * (20 + 3 * random.normal())),
        count: 400,
      })),
    ];
  });
}

const FLEET_INDICATORS = [named(), named({ name: 'misses', kind: 'ratio', unit: '1', denominator: 'calls' })];
const fleetReport = (series: readonly CellSeries[]): Report =>
  reportOf(cellsOf(series), upgradeOf({ indicators: FLEET_INDICATORS }));

const shown = ({ comparisons }: Report) =>
  comparisons.map(({ indicator, verdict, baseline, post, p, effect }) => ({
    indicator,
    verdict,
    numbers: [baseline, post, p, effect?.low, effect?.high].map((value) => value?.toPrecision(6)),
  }));

describe.each([1, 1.1, 2])('a report on three instances that move by a factor of %d', (factor) => {
  const series = fleet(factor);

  it('is the same in whatever order its series come', () => {
    expect(shown(fleetReport([...series].reverse()))).toEqual(shown(fleetReport(series)));
  });

  it('is the same whichever instance has which name', () => {
    const names: Readonly<Record<string, string>> = { a: 'c', b: 'a', c: 'b' };
    const renamed = series.map((one) => ({ ...one, key: { ...one.key, instance: names[one.key.instance!]! } }));
    expect(shown(fleetReport(renamed))).toEqual(shown(fleetReport(series)));
  });

  it('is the same when one instance’s rows come in two series', () => {
    const split = series.flatMap((one) => [everySecond(one, 0), everySecond(one, 1)]);
    expect(shown(fleetReport(split))).toEqual(shown(fleetReport(series)));
  });
});

/** Rows of even or of odd number. */
function everySecond(series: CellSeries, parity: 0 | 1): CellSeries {
  const rows = Array.from(series.block.keys()).filter((row) => row % 2 === parity);
  const pick = (column: Float64Array | null): Float64Array | null =>
    column === null ? null : Float64Array.from(rows, (row) => column[row]!);
  const { histogram } = series;
  const firstCount = [0];
  const counts: number[] = [];
  for (const row of histogram === null ? [] : rows) {
    counts.push(...histogram!.counts.slice(histogram!.firstCount[row]!, histogram!.firstCount[row + 1]!));
    firstCount.push(counts.length);
  }
  return {
    ...series,
    block: Int32Array.from(rows, (row) => series.block[row]!),
    count: pick(series.count)!,
    sum: pick(series.sum),
    errors: pick(series.errors),
    attempts: pick(series.attempts),
    retries: pick(series.retries),
    histogram:
      histogram === null
        ? null
        : {
            layouts: histogram.layouts,
            layoutOfRow: Int32Array.from(rows, (row) => histogram.layoutOfRow[row]!),
            firstCount: Int32Array.from(firstCount),
            offsetOfRow: Int32Array.from(rows, (row) => histogram.offsetOfRow[row]!),
            counts: Float64Array.from(counts),
          },
  };
}

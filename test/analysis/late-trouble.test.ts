import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/domain/report.ts';
import type { NamedIndicator } from '../../src/domain/upgrade.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, namedSeries, ORDINARY, simulateRequests } from '../support/simulated-cells.ts';
import { at, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

const PAST = 24 * 60;
const POST = 60;
const NOISE = 0.05;
const MARGIN = 0.05;

interface Course {
  readonly better?: NamedIndicator['better'];
  readonly autocorrelation?: number;
  readonly unit?: number;
  readonly past?: number;
  readonly noise?: number;
}

/** A gauge at 100 with noise of 5 % on it; `factorAt` counts from the first block of post. */
function compare(seed: number, factorAt: (block: number) => number, course: Course = {}): Comparison {
  const { better = 'lower', autocorrelation = 0, unit = 1, past = PAST, noise = NOISE } = course;
  const next = dependent(seededRandom(seed), autocorrelation, noise);
  const series = namedSeries(cellKey(), 'kpi', past + POST, (block) => ({
    sum: unit * 100 * (1 + next()) * factorAt(block - past),
    count: 1,
  }));
  const kpi: NamedIndicator = {
    name: 'kpi',
    metric: 'kpi',
    kind: 'gauge',
    better,
    unit: '',
    denominator: null,
    quantiles: [],
  };
  const upgrade = upgradeOf({
    window: null,
    baseline: [{ startMs: at(0), endMs: at(past) }],
    post: { startMs: at(past), endMs: at(past + POST) },
    indicators: [kpi],
  });
  return reportOf(cellsOf([series]), upgrade).comparisons[0]!;
}

function dependent(random: SeededRandom, autocorrelation: number, deviation: number): () => number {
  let state = deviation * random.normal();
  return () => {
    const fresh = deviation * Math.sqrt(1 - autocorrelation ** 2) * random.normal();
    const value = state;
    state = autocorrelation * state + fresh;
    return value;
  };
}

const unchanged = (): number => 1;
const lateBy =
  (blocks: number, factor: number) =>
  (block: number): number =>
    block >= POST - blocks ? factor : 1;
const isLate = ({ verdict, notes }: Comparison): boolean =>
  verdict === 'regressed' && notes.some((note) => /to the end at \S+ it was at/.test(note));
const many = (count: number, one: (seed: number) => Comparison): Comparison[] =>
  Array.from({ length: count }, (_, i) => one(i + 1));

/** Smallest step in the mean of so many blocks that shows four times in five at 5 % over three lengths, beyond the margin. */
function smallestVisible(blocks: number, autocorrelation: number): number {
  let variance = 1;
  for (let lag = 1; lag < blocks; lag++) variance += 2 * (1 - lag / blocks) * autocorrelation ** lag;
  const sharedBySix = 2.394;
  return MARGIN + (sharedBySix + 0.842) * NOISE * Math.sqrt(variance / blocks);
}

describe('trouble that begins late in post', () => {
  for (const autocorrelation of [0, 0.6, 0.9]) {
    it(`is called in at most 5 % of series in which nothing changed (8 of 80 by chance): autocorrelation ${autocorrelation}`, () => {
      const seen = many(80, (seed) => compare(seed, unchanged, { autocorrelation }));
      expect(seen.filter(isLate).length).toBeLessThanOrEqual(8);
      expect(seen.filter(({ verdict }) => verdict === 'regressed').length).toBeLessThanOrEqual(8);
    });
  }

  for (const [blocks, autocorrelation] of [
    [15, 0],
    [15, 0.6],
    [7, 0],
    [7, 0.6],
  ] as const) {
    it(`is called where the last ${blocks} of ${POST} blocks moved by twice what shows: autocorrelation ${autocorrelation}`, () => {
      const factor = 1 + 2 * smallestVisible(blocks, autocorrelation);
      const seen = many(20, (seed) => compare(seed, lateBy(blocks, factor), { autocorrelation }));
      expect(seen.filter(({ verdict }) => verdict === 'regressed').length).toBeGreaterThanOrEqual(18);
    });
  }

  it('says since when, what it was at and what its past foresaw, and is dated to within three blocks', () => {
    const seen = many(20, (seed) => compare(seed, lateBy(7, 1.15)));
    const late = seen.filter(isLate);
    expect(late.length).toBeGreaterThanOrEqual(15);
    const near = late.filter(({ onset }) => Math.abs(Date.parse(onset!.at) - at(PAST + POST - 7)) <= 3 * 60_000);
    expect(near.length).toBeGreaterThanOrEqual(0.8 * late.length);
    for (const { onset, p, q } of late) {
      expect(Date.parse(onset!.low)).toBeLessThanOrEqual(Date.parse(onset!.at));
      expect(Date.parse(onset!.high)).toBeGreaterThanOrEqual(Date.parse(onset!.at));
      expect(p).toBeLessThanOrEqual(q!);
      expect(q).toBeLessThanOrEqual(0.05);
    }
  });

  it('is no trouble at the end where it is over by then', () => {
    const over = (block: number): number => (block >= 40 && block < 50 ? 1.3 : 1);
    expect(many(20, (seed) => compare(seed, over)).filter(isLate)).toHaveLength(0);
  });

  it('is none where it goes the good way', () => {
    const late = lateBy(7, 1.3);
    expect(many(10, (seed) => compare(seed, late, { better: 'higher' })).filter(isLate)).toHaveLength(0);
  });

  it('is seen downwards where higher is better', () => {
    const late = lateBy(7, 0.85);
    expect(many(10, (seed) => compare(seed, late, { better: 'higher' })).filter(isLate).length).toBeGreaterThanOrEqual(
      9,
    );
  });

  it('is not called where such surges have come every hour or two', () => {
    const surging = (block: number): number => ((block + PAST) % 97 < 10 || block >= POST - 7 ? 1.3 : 1);
    expect(many(10, (seed) => compare(seed, surging)).filter(isLate)).toHaveLength(0);
  });

  it('gets the same verdict, p and onset in any unit', () => {
    for (const seed of [1, 2, 3]) {
      const [one, thousand] = [1, 1000].map((unit) => compare(seed, lateBy(7, 1.2), { unit }));
      expect(thousand?.verdict).toBe(one?.verdict);
      expect(thousand?.onset).toEqual(one?.onset);
      expect(thousand?.p).toBeCloseTo(one!.p!, 8);
    }
  });

  it('is left to the lasting level where the past holds too few quiet stretches', () => {
    expect(many(10, (seed) => compare(seed, lateBy(7, 1.3), { past: 50 })).filter(isLate)).toHaveLength(0);
  });
});

describe('the latency of an endpoint', () => {
  const past = 10 * 60;
  const slowFrom = (first: number, until: number, seed: number) => {
    const series = simulateRequests(
      cellKey(),
      past + POST,
      (block) => ({
        ...ORDINARY,
        requests: 40,
        medianSeconds: ORDINARY.medianSeconds * (block >= past + first && block < past + until ? 1.6 : 1),
      }),
      seededRandom(seed),
    );
    const upgrade = upgradeOf({
      window: null,
      baseline: [{ startMs: at(0), endMs: at(past) }],
      post: { startMs: at(past), endMs: at(past + POST) },
    });
    return reportOf(cellsOf([series]), upgrade);
  };

  it('makes the upgrade regressed where it rises by more than half in the last eighth of post, since then', () => {
    for (const seed of [1, 2, 3]) {
      const { verdict, onset } = slowFrom(POST - 8, POST, seed);
      expect(verdict).toBe('regressed');
      expect(Math.abs(Date.parse(onset!.at) - at(past + POST - 8))).toBeLessThanOrEqual(4 * 60_000);
    }
  });

  it('makes no upgrade regressed late where nothing changed, or where it was over in time', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      expect(slowFrom(POST, POST, seed).comparisons.filter(isLate)).toHaveLength(0);
      expect(slowFrom(POST - 30, POST - 18, seed).comparisons.filter(isLate)).toHaveLength(0);
    }
  });
});

describe('a record that never moved', () => {
  const broken = { better: 'higher', past: 60, noise: 0 } as const;

  it('is broken where the last three blocks of post are at another value, at the chance that just these differ', () => {
    const one = compare(1, lateBy(3, 0), broken);
    expect(one.verdict).toBe('regressed');
    expect(one.onset?.at).toBe(new Date(at(60 + POST - 3)).toISOString().replace('.000', ''));
    expect(one.p).toBeCloseTo(6 / (120 * 119 * 118), 12);
    expect(one.notes.join(' ')).toMatch(/it was at 0, where its past foresaw 100: it had never been at another value/);
  });

  it('is not broken at the end where it is whole again in the last block', () => {
    const whole = (block: number): number => (block >= POST - 4 && block < POST - 1 ? 0 : 1);
    expect(compare(1, whole, broken).verdict).not.toBe('regressed');
  });

  it('is not broken by one block', () => {
    expect(compare(1, lateBy(1, 0), broken).verdict).not.toBe('regressed');
  });

  it('is none where it had moved before', () => {
    const moved = (block: number): number => (block === -20 || block === 10 || block >= POST - 2 ? 0 : 1);
    expect(compare(1, moved, broken).notes.join(' ')).not.toContain('never been at another value');
  });

  it('is not broken where the last blocks move the good way', () => {
    expect(compare(1, lateBy(3, 2), broken).verdict).not.toBe('regressed');
  });

  it('is seldom broken by rare blips that may fall anywhere (8 of 80 at 5 %)', () => {
    const called = Array.from({ length: 80 }, (_, i) => {
      const random = seededRandom(i + 1);
      const blips = new Set(Array.from({ length: 3 }, () => Math.floor(random.uniform() * 120) - 60));
      return compare(i + 1, (block) => (blips.has(block) ? 0 : 1), broken);
    }).filter(({ verdict }) => verdict === 'regressed');
    expect(called.length).toBeLessThanOrEqual(8);
  });
});

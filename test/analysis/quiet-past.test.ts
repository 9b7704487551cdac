import { describe, expect, it } from 'vitest';
import type { CellSeries } from '../../src/domain/cells.ts';
import type { Comparison, Report } from '../../src/domain/report.ts';
import type { NamedIndicator } from '../../src/domain/upgrade.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, namedSeries } from '../support/simulated-cells.ts';
import { at, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

const POST = 5;
const BASELINE = 120 * POST;
const GAUGES = 20;

const gauge = (name: string, fields: Partial<NamedIndicator> = {}): NamedIndicator => ({
  name,
  metric: name,
  kind: 'gauge',
  better: 'lower',
  unit: 's',
  denominator: null,
  quantiles: [],
  ...fields,
});

/** The value of a series at a block. */
type Draw = (block: number) => number;

function reportOfGauges(
  draws: readonly Draw[],
  fields: Partial<NamedIndicator>,
  baseline = BASELINE,
  post = POST,
): Report {
  const series: CellSeries[] = draws.map((draw, i) =>
    namedSeries(cellKey({ endpoint: `GET /${i}` }), 'tail', baseline + post, (block) => ({
      sum: draw(block),
      count: 1,
    })),
  );
  const upgrade = upgradeOf({
    window: null,
    baseline: [{ startMs: at(0), endMs: at(baseline) }],
    post: { startMs: at(baseline), endMs: at(baseline + post) },
    indicators: [gauge('tail', fields)],
  });
  return reportOf(cellsOf(series), upgrade);
}

/** The slowest of three requests with a Pareto tail of index 2.5: finite variance, endless fourth moment. */
const slowestOfThree =
  (random: SeededRandom): Draw =>
  () =>
    0.1 * Math.max(...[0, 0, 0].map(() => (1 - random.uniform()) ** -0.4));

/** Percent of 1 to 4 requests that went well, in spells of good and bad minutes. */
function shareOfFew(random: SeededRandom): Draw {
  let chance = 0.5;
  return () => {
    if (random.uniform() < 0.3) chance = random.uniform() < 0.5 ? 0.05 : 0.95;
    const requests = 1 + Math.floor(4 * random.uniform());
    let good = 0;
    for (let i = 0; i < requests; i++) if (random.uniform() < chance) good++;
    return (100 * good) / requests;
  };
}

const KINDS = [
  ['the slowest of three requests', slowestOfThree, {}],
  ['a share of one to four requests', shareOfFew, { better: 'higher', unit: '%' }],
] as const;

const ofTail = (report: Report, i = 0): Comparison =>
  report.comparisons.find(({ endpoint }) => endpoint === `GET /${i}`)!;

describe.each(KINDS)('a report on %s, on twenty endpoints', (_name, kind, fields) => {
  it('alarms on no more of 30 quiet upgrades than chance allows at 5 % (4)', () => {
    const alarms = Array.from({ length: 30 }, (_, seed) => {
      const random = seededRandom(seed + 1);
      return reportOfGauges(
        Array.from({ length: GAUGES }, () => kind(random)),
        fields,
      );
    }).filter(({ verdict }) => verdict === 'regressed');
    expect(alarms.length).toBeLessThanOrEqual(4);
  });

  it('says how many quiet stretches of its past would have alarmed, and how many looked as bad', () => {
    const random = seededRandom(3);
    const { quiet_past: past } = reportOfGauges(
      Array.from({ length: GAUGES }, () => kind(random)),
      fields,
    );
    expect(past?.windows).toBe(BASELINE / POST);
    expect(past?.alarms).toBeLessThan(BASELINE / POST / 4);
    expect(past?.p).toBeCloseTo((1 + (past?.as_strong ?? 0)) / (1 + BASELINE / POST), 12);
  });
});

describe('a gauge held against its past', () => {
  it('is regressed at five times its level, however much it scatters there', () => {
    const random = seededRandom(8);
    const after = [0.2, 1.9, 0.3, 1.4, 0.6];
    const draws: Draw[] = Array.from({ length: GAUGES }, (_, i) => {
      const steady = (): number => 0.18 * (1 + 0.1 * random.normal());
      return (block) => (i === 0 && block >= BASELINE ? after[block - BASELINE]! : steady());
    });
    const report = reportOfGauges(draws, {});
    expect(ofTail(report).verdict).toBe('regressed');
    expect(report.quiet_past?.as_strong).toBe(0);
    expect(report.verdict).toBe('regressed');
  });

  it('cannot be told regressed at a level that its own past reaches every hour, and says how often', () => {
    const random = seededRandom(5);
    const isHigh = (block: number): boolean => block % 60 < POST;
    const report = reportOfGauges([(block) => (isHigh(block) ? 3 : 1) * (1 + 0.05 * random.normal())], {});
    const { verdict, notes, needed } = ofTail(report);
    expect(verdict).toBe('cannot-tell');
    expect(notes.join()).toMatch(/quiet stretches .* in \d+ of 120 cases/);
    expect(needed).toMatch(/longer post window/);
  });

  it('whose past never moved is judged by how many blocks differ: twice Fisher’s exact chance that all fall into post', () => {
    const constant = (differing: number): Comparison =>
      ofTail(
        reportOfGauges([(block) => (block >= BASELINE && block < BASELINE + differing ? 60 : 100)], {
          better: 'higher',
          unit: '%',
        }),
      );
    const [one, four] = [constant(1), constant(4)];
    expect(four.verdict).toBe('regressed');
    // The margin of 0.1 points takes a little off each.
    expect(one.p).toBeGreaterThan((2 * 5) / 605);
    expect(one.p).toBeLessThan(((2 * 5) / 605) * 1.2);
    const exact = (2 * (5 * 4 * 3 * 2)) / (605 * 604 * 603 * 602);
    expect(four.p).toBeGreaterThan(exact);
    expect(four.p).toBeLessThan(exact * 1.2);
  });

  it('whose short past never moved is regressed when most of post differs, though its blocks scatter and depend', () => {
    const after = [0.9, 0.9, 0, 0.3, 0.8, 0, 0.8, 0.9, 1, 0, 0.9, 0.9, 0.9, 0.8, 0, 1, 0.9, 0.8];
    const report = reportOfGauges(
      [(block) => (block < 15 ? 1 : after[block - 15]!), ...Array.from({ length: GAUGES }, () => () => 1)],
      { better: 'higher', unit: '1' },
      15,
      after.length,
    );
    expect(ofTail(report).verdict).toBe('regressed');
  });
});

describe('what happens at the same hours of every week', () => {
  const WEEK = 7 * 24 * 60;
  const [post, weeks] = [60, 4];

  it('does not alarm again, though most hours of the week know nothing of it', () => {
    const random = seededRandom(11);
    const isRush = (block: number): boolean => block % WEEK < post;
    const draws: Draw[] = Array.from(
      { length: 6 },
      () => (block) => (isRush(block) ? 1.08 : 1) * (1 + 0.02 * random.normal()),
    );
    const { verdict, quiet_past: past } = reportOfGauges(draws, { better: 'lower' }, weeks * WEEK, post);
    expect(past?.same_hours?.windows).toBe(weeks);
    expect(verdict).not.toBe('regressed');
  });
});

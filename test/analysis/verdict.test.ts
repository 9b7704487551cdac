import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/domain/report.ts';
import type { NamedIndicator } from '../../src/domain/upgrade.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, namedSeries } from '../support/simulated-cells.ts';
import { at, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

const POST = 30;

/** Values by block and by whether it is one of post. */
type Draw = (isPost: boolean, block: number) => number;

interface Series {
  readonly name: string;
  readonly better?: NamedIndicator['better'];
  readonly draw: Draw;
  readonly count?: number;
}

function reportOn(series: readonly Series[], baseline: number, instanceOf?: (isPost: boolean) => string): Report {
  const cells = series.flatMap(({ name, draw, count = 1 }) => {
    const all = namedSeries(cellKey({ instance: 'shop-1' }), name, baseline + POST, (block) => ({
      sum: count * draw(block >= baseline, block),
      count,
    }));
    if (instanceOf === undefined) return [all];
    return [false, true].map((isPost) => {
      const rows = (column: Float64Array) => (isPost ? column.slice(baseline) : column.slice(0, baseline));
      const block = isPost ? all.block.slice(baseline) : all.block.slice(0, baseline);
      return {
        ...all,
        key: cellKey({ instance: instanceOf(isPost) }),
        block,
        count: rows(all.count),
        sum: rows(all.sum!),
      };
    });
  });
  const upgrade = upgradeOf({
    window: null,
    baseline: [{ startMs: at(0), endMs: at(baseline) }],
    post: { startMs: at(baseline), endMs: at(baseline + POST) },
    indicators: series.map(({ name, better = 'lower' }) => ({
      name,
      metric: name,
      kind: 'gauge',
      better,
      unit: 's',
      denominator: null,
      quantiles: [],
    })),
  });
  return reportOf(cellsOf(cells), upgrade);
}

const steady =
  (level: number, noise: number, seed: number, factor = 1): Draw =>
  (isPost, block) =>
    level * (isPost ? factor : 1) * (1 + noise * seededRandom(seed * 10_007 + block).normal());

describe('the sentence of a verdict', () => {
  it('of a regression says what, from where to where, since when, and how often the past looked as bad', () => {
    const { verdict, reason } = reportOn([{ name: 'queue', draw: steady(0.2, 0.03, 1, 2) }], 30 * POST);
    expect(verdict).toBe('regressed');
    expect(reason).toMatch(
      /^queue of gateway POST \/orders, from 200 ms to 40\d ms \(\+10\d%\), got worse since 2026-\S+Z; none of 30 quiet stretches of the past looked as bad\.$/,
    );
  });

  it('of a regression without a long past says how many such findings are noise', () => {
    const { reason } = reportOn(
      [
        { name: 'queue', draw: steady(0.2, 0.03, 1, 2) },
        { name: 'wait', draw: steady(0.1, 0.03, 2, 0.5) },
      ],
      30,
    );
    expect(reason).toMatch(/got worse since \S+; 1 got better; at most 1 in [\d,]+ findings like this is noise\.$/);
  });

  it('that cannot be given names what is nearest to an answer, what it may be at worst, and what is needed', () => {
    const { verdict, reason } = reportOn(
      [
        { name: 'noisy', draw: steady(1, 1, 3) },
        { name: 'queue', draw: steady(0.2, 0.2, 1) },
      ],
      30,
    );
    expect(verdict).toBe('cannot-tell');
    expect(reason).toMatch(
      /^Nothing was found to get worse, but none of the 2 .* nearest to an answer is queue of .* \(at worst \+[\d.]+%, margin 5%\); needed: .*\.$/,
    );
  });

  it('that cannot be given says first what looks worse', () => {
    const hourly: Draw = (isPost, block) =>
      (isPost || Math.floor(block / POST) % 13 === 0 ? 3 : 1) * (1 + 0.05 * seededRandom(block).normal());
    const { verdict, reason } = reportOn([{ name: 'queue', draw: hourly }], 40 * POST);
    expect(verdict).toBe('cannot-tell');
    expect(reason).toMatch(
      /^queue of .* looks worse, but not clearly enough to call it so; the one comparison .*needed: a longer/,
    );
  });

  it('does not rest on what has no worse side, where anything has one', () => {
    const wild: Series = { name: 'load', better: 'either', draw: steady(1, 1, 3) };
    const calm: Series = { name: 'queue', draw: steady(0.2, 0.02, 1) };
    expect(reportOn([wild, calm], 60).verdict).toBe('no-regression');
    expect(reportOn([wild], 60).verdict).toBe('cannot-tell');
  });

  it('rests on each measure by its own size: what is counted in millions does not outweigh what is not', () => {
    const vague = { name: 'vague', draw: steady(1, 1, 3) };
    const alone = reportOn([vague], 60);
    expect(alone.verdict).toBe('cannot-tell');
    const beside = reportOn([vague, { name: 'bytes', draw: steady(1, 0.001, 8), count: 1e6 }], 60);
    expect([beside.verdict, beside.reason]).toEqual(['cannot-tell', expect.stringContaining('1 of the 2 comparisons')]);
  });

  it('of one run against another asks for more runs, not for more of these', () => {
    const { verdict, comparisons } = reportOn([{ name: 'queue', draw: steady(0.2, 0.01, 1) }], 60, (isPost) =>
      isPost ? 'run-2' : 'run-1',
    );
    expect(verdict).toBe('cannot-tell');
    // Ordinary instances differ by 10 %: 2·(0.1·(1.96 + 0.84)/ln 1.05)².
    expect(comparisons[0]?.needed).toMatch(/^66 instances \(or runs\) on each side/);
  });
});

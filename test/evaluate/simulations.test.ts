import { describe, expect, it } from 'vitest';
import { runPart } from '../../bench/evaluate/simulation/simulations.ts';
import { byFigure, type Share, shareOf } from '../../bench/evaluate/simulation/tally.ts';

/**
 * The simulations of `npm run evaluate`, shortened: the same worlds and seeds, fewer draws. A bound is missed when the
 * 95 % interval of what was found lies wholly beyond it.
 */
function draw(simulation: string, scenario: string, parts: number): Map<string, Share> {
  const tallies = Array.from({ length: parts }, (_, part) => runPart({ simulation, scenario, part })).flat();
  return new Map([...byFigure(tallies)].map(([figure, ofFigure]) => [figure, shareOf(ofFigure)]));
}

function figureOf(shares: ReadonlyMap<string, Share>, figure: string): { value: number; low: number; high: number } {
  const share = shares.get(figure);
  if (share?.value == null || share.interval === null) throw new Error(`nothing was counted for "${figure}"`);
  return { value: share.value, low: share.interval[0], high: share.interval[1] };
}

describe('intervals that claim 95 %', () => {
  it.each(['concurrent, 8 hosts, host sd 5 %', 'concurrent, 8 hosts, host sd 10 %', 'before-after, 8 hosts, AR 0.3'])(
    'hold the true effect in 93 to 97 % of draws: %s',
    (scenario) => {
      const { low, high } = figureOf(draw('coverage', scenario, 2), scenario);
      expect(low).toBeLessThanOrEqual(0.97);
      expect(high).toBeGreaterThanOrEqual(0.93);
    },
  );
});

describe('50 endpoints of which none changed', () => {
  it('give a report with a false discovery in at most 5 % of draws', () => {
    const shares = draw('A/A', 'steady', 3);
    expect(figureOf(shares, 'false discovery, steady').low).toBeLessThanOrEqual(0.05);
    expect(figureOf(shares, 'false discovery, steady / comparisons').value).toBeLessThanOrEqual(0.05);
  });
});

describe('a mix of traffic that shifts', () => {
  it.each(['mix shift', 'mix shift, declared strata'])(
    'is no discovery in at most 5 % of draws, whether a config key or a declared stratum tells its kinds apart: %s',
    (scenario) => {
      const shares = draw('A/A', scenario, 2);
      expect(figureOf(shares, `false discovery, ${scenario}`).low).toBeLessThanOrEqual(0.05);
      expect(figureOf(shares, `false discovery, ${scenario} / comparisons`).value).toBeLessThanOrEqual(0.05);
    },
  );

  it.each(['before-after, mix shift', 'before-after, mix shift against the effect', 'concurrent, arms of unlike mix'])(
    'leaves the true effect inside 93 to 97 % of the intervals: %s',
    (scenario) => {
      const { low, high } = figureOf(draw('coverage', scenario, 2), scenario);
      expect(low).toBeLessThanOrEqual(0.97);
      expect(high).toBeGreaterThanOrEqual(0.93);
    },
  );

  it('hides a regression in at most 5 % of the comparisons it runs against', () => {
    const claims = figureOf(draw('wrong claims', 'mix shift', 1), '"no regression" though regressed, mix shift');
    expect(claims.low).toBeLessThanOrEqual(0.05);
  });
});

describe('regressions twice as large as the smallest detectable one', () => {
  it('are found in at least 95 % of draws, and seldom taken for none when they barely pass the margin', () => {
    const recall = figureOf(draw('power', 'before-after', 1), 'recall at twice the detectable effect, before-after');
    expect(recall.high).toBeGreaterThanOrEqual(0.95);
    const claims = figureOf(draw('wrong claims', 'steady', 1), '"no regression" though regressed, steady');
    expect(claims.low).toBeLessThanOrEqual(0.05);
  });
});

describe('three hosts an arm', () => {
  it('never make a claim below p = 0.01, whatever is seen', () => {
    const shares = draw('few hosts', 'new hosts beside old, without a past', 2);
    expect(figureOf(shares, 'claims below p = 0.01 with 3 hosts an arm').value).toBe(0);
  });
});

describe('a report made again twenty times while its data arrives', () => {
  it('holds the truth at all looks together in at least 95 % of its intervals when it is read live', () => {
    const shares = draw('live', 'read as live', 1);
    expect(figureOf(shares, 'intervals that miss at any of 20 looks, read as live').low).toBeLessThanOrEqual(0.05);
  });
});

describe('the onset of a regression', () => {
  it('is dated within two blocks, and lies in its interval', () => {
    const shares = draw('onset', 'a step after the upgrade', 1);
    expect(figureOf(shares, 'within 2 blocks').high).toBeGreaterThanOrEqual(0.9);
    expect(figureOf(shares, 'interval holds the onset').high).toBeGreaterThanOrEqual(0.95);
  });
});

describe('instances that come up cold', () => {
  it('give no alarm where they are else unchanged, and lose nothing where they are steady', () => {
    const cold = draw('course', 'instances that come up cold and are else unchanged', 1);
    expect(figureOf(cold, 'reports that alarm at a warm-up').value).toBe(0);
    expect(figureOf(cold, 'comparisons with a warm-up cut, cold').value).toBeGreaterThan(0.5);
    const steady = draw('course', 'moves that last', 1);
    expect(figureOf(steady, 'comparisons with a warm-up cut, steady').low).toBeLessThanOrEqual(0.05);
    expect(figureOf(steady, 'a move that lasts is called transient').low).toBeLessThanOrEqual(0.05);
  });
});

import { describe, expect, it } from 'vitest';
import type { Answered, NamedSuspect } from '../../bench/evaluate/cases/answer.ts';
import { bootstrapIntervals } from '../../bench/evaluate/cases/bootstrap.ts';
import { judgeCase } from '../../bench/evaluate/cases/judgement.ts';
import { measure } from '../../bench/evaluate/cases/set-figures.ts';
import { tieGroups, worstRank } from '../../bench/evaluate/cases/suspect-rank.ts';
import type { Truth } from '../../bench/evaluate/cases/truth.ts';
import { judgeFigure } from '../../bench/evaluate/figure.ts';
import { shareOf } from '../../bench/evaluate/simulation/tally.ts';

function suspect(
  change: string,
  rank: number,
  score: number,
  verdict: NamedSuspect['verdict'] = 'blamed',
): NamedSuspect {
  return { change, rank, score, verdict, aliases: [] };
}

function truthOf(fields: Partial<Truth> = {}): Truth {
  return {
    id: 'one',
    set: 'made-up',
    regression: true,
    truth: ['flag'],
    candidates: ['binary', 'flag', 'config'],
    onset: 1000,
    onset_latest: 1060,
    ...fields,
  };
}

function answerOf(fields: Partial<Answered> = {}): Answered {
  return { ok: true, verdict: 'regressed', moved: [], onsetSeconds: null, suspects: [], counts: {}, ...fields };
}

const CONTROL = truthOf({ regression: false, truth: [], onset: null, onset_latest: null });

describe('rank of the true cause', () => {
  it('takes a tie as badly as it can fall out', () => {
    const groups = tieGroups([suspect('flag', 1, 0.5), suspect('binary', 2, 0.5), suspect('config', 3, 0.1)]);
    expect(groups.map((tied) => tied.length)).toEqual([2, 1]);
    const names = groups.map((tied) => tied.map(({ change }) => change));
    expect(worstRank(new Set(['flag']), names, ['flag', 'binary', 'config'])).toBe(2);
  });

  it('puts cleared suspects last, and those nobody listed after everything', () => {
    const groups = tieGroups([suspect('flag', 1, 0.9, 'cleared'), suspect('binary', 2, 0.4)]);
    const names = groups.map((tied) => tied.map(({ change }) => change));
    expect(worstRank(new Set(['flag']), names, ['flag', 'binary'])).toBe(2);
    expect(worstRank(new Set(['config']), names, ['flag', 'binary', 'config', 'schedule'])).toBe(4);
  });

  it('is no rank at all where no true cause is a candidate', () => {
    expect(worstRank(new Set(['other']), [['flag']], ['flag'])).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a case against its truth', () => {
  it('counts a failed run as a miss on a regression and as a false alarm on a control', () => {
    const failed = { ok: false, error: 'thrown' } as const;
    expect(judgeCase(truthOf(), failed)).toMatchObject({ failed: true, alarm: false, wrong: true });
    expect(judgeCase(CONTROL, failed)).toMatchObject({ failed: true, alarm: false, wrong: true });
  });

  it('counts "cannot tell" apart: no alarm, so a miss on a regression and right on a control', () => {
    const untold = answerOf({ verdict: 'cannot-tell' });
    expect(judgeCase(truthOf(), untold)).toMatchObject({ cannotTell: true, wrong: true });
    expect(judgeCase(CONTROL, untold)).toMatchObject({ cannotTell: true, wrong: false });
  });

  it('takes a shift for an alarm only where the set says so', () => {
    const shifted = answerOf({ verdict: 'no-regression', moved: [{ verdict: 'shifted', onsetSeconds: null }] });
    expect(judgeCase(truthOf(), shifted).alarm).toBe(false);
    const either = truthOf({ extra: { alarm_on: ['regressed', 'shifted'] } });
    expect(judgeCase(either, shifted).alarm).toBe(true);
  });

  it('measures the onset named, or the lower median of the comparisons, against the true interval, in samples', () => {
    const at = (...times: number[]) =>
      judgeCase(truthOf(), answerOf({ moved: times.map((onsetSeconds) => ({ verdict: 'regressed', onsetSeconds })) }));
    expect(at(1030).onsetSamples).toBe(0);
    expect(at(940).onsetSamples).toBe(1);
    expect(at(1180, 1000, 5000, 1120).onsetSamples).toBe(1);
    expect(at().onsetSamples).toBe(Number.POSITIVE_INFINITY);
    const named = answerOf({ moved: [{ verdict: 'regressed', onsetSeconds: 5000 }], onsetSeconds: 1030 });
    expect(judgeCase(truthOf(), named).onsetSamples).toBe(0);
  });

  it('sets ranking aside from detection, and takes changes of one group as one', () => {
    const suspects = [suspect('config', 1, 0.9), suspect('flag', 2, 0.4)];
    const groups = { flag: 'edge', config: 'edge' };
    const quiet = judgeCase(truthOf({ extra: { groups } }), answerOf({ verdict: 'cannot-tell', suspects }));
    expect(quiet).toMatchObject({ rank: Number.POSITIVE_INFINITY, rankEvenIfUndetected: 2 });
    const loud = judgeCase(truthOf({ extra: { groups } }), answerOf({ suspects }));
    expect(loud).toMatchObject({ rank: 2, groupRank: 1 });
  });
});

describe('figures of a set', () => {
  it('adds up detection, attribution and releases', () => {
    const blamed = answerOf({ suspects: [suspect('flag', 1, 0.9), suspect('binary', 2, 0.5, 'contributing')] });
    const released = truthOf({ extra: { releases: true } });
    const figures = measure([
      judgeCase(released, blamed),
      judgeCase(truthOf({ id: 'two' }), answerOf({ verdict: 'cannot-tell' })),
      judgeCase(CONTROL, answerOf()),
      judgeCase(CONTROL, answerOf({ verdict: 'no-regression' })),
    ]);
    expect(figures.get('F1')).toBe(0.5);
    expect(figures.get('recall')).toBe(0.5);
    expect(figures.get('false alarms')).toBe(0.5);
    expect(figures.get('top-1')).toBe(0.5);
    expect(figures.get('releases F1')).toBeCloseTo(2 / 3);
    expect(figures.get('cannot tell, regressions')).toBe(0.5);
  });

  it('draws whole clusters, so that copies of one recording do not make an interval narrower', () => {
    const outcome = (cluster: string, hit: number) => ({ cluster, hit });
    const share = (drawn: readonly { hit: number }[]) =>
      new Map([['share', drawn.reduce((sum, { hit }) => sum + hit, 0) / drawn.length]]);
    const alone = Array.from({ length: 20 }, (_, i) => outcome(`c${i}`, i % 2));
    const copied = alone.flatMap((one) => [one, one, one]);
    const interval = bootstrapIntervals(alone, share).get('share');
    expect(bootstrapIntervals(copied, share).get('share')).toEqual(interval);
    expect(interval?.[0]).toBeGreaterThan(0.15);
    expect(interval?.[1]).toBeLessThan(0.85);
  });
});

describe('a figure of a simulation', () => {
  it('has an interval that widens where trials of one endpoint agree with each other', () => {
    const together = Array.from({ length: 20 }, (_, i) => ({ figure: 'f', hits: i % 2 === 0 ? 10 : 0, trials: 10 }));
    const apart = Array.from({ length: 200 }, (_, i) => ({ figure: 'f', hits: i % 2, trials: 1 }));
    const width = ([low, high]: readonly [number, number]) => high - low;
    expect(width(shareOf(together).interval!)).toBeGreaterThan(2 * width(shareOf(apart).interval!));
  });

  it('does not claim certainty where nothing was ever hit', () => {
    const none = Array.from({ length: 50 }, () => ({ figure: 'f', hits: 0, trials: 1 }));
    expect(shareOf(none)).toMatchObject({ value: 0, trials: 50 });
    expect(shareOf(none).interval![1]).toBeCloseTo(0.071, 3);
  });

  it('is met or missed by its bar, and neither where there is no value', () => {
    const figure = { set: 'jmh-aa', name: 'false alarms', n: 60, interval: null };
    expect(judgeFigure({ ...figure, value: 0.05 }).met).toBe(true);
    expect(judgeFigure({ ...figure, value: 0.06 }).met).toBe(false);
    expect(judgeFigure({ ...figure, value: null }).met).toBeNull();
  });
});

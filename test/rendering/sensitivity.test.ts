import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/domain/report.ts';
import { pastPieces } from '../../src/rendering/evidence.ts';
import { sensitivityWords } from '../../src/rendering/sensitivity.ts';
import { readFixtureReport } from './fixture-reports.ts';

const first = readFixtureReport('dten').comparisons[0]!;

function visible(kind: 'relative' | 'absolute', indicator: string, smallest: number | null): Comparison {
  const unit = indicator.startsWith('latency') ? 's' : '1';
  const working = { ...first.working!, smallest_visible: smallest };
  return { ...first, indicator, unit, effect: { ...first.effect!, kind }, working };
}

describe('what would have been seen', () => {
  it('is the middle and the worst of the smallest visible moves', () => {
    const moves = [0.14, 0.02, 0.06].map((one) => visible('relative', 'latency.p99', one));
    expect(sensitivityWords(moves)).toBe('moves of 6% (worst 14%) would have been seen');
  });

  it('keeps relative moves apart from those in a unit', () => {
    const moves = [
      ...[0.06, 0.06].map((one) => visible('relative', 'latency.p99', one)),
      visible('absolute', 'error_ratio', 0.003),
    ];
    expect(sensitivityWords(moves)).toBe('moves of 6% and of 0.3 pp would have been seen');
  });

  it('is not claimed where nothing says so', () => {
    expect(sensitivityWords([])).toBeNull();
    expect(sensitivityWords([visible('relative', 'latency.p99', null), { ...first, working: null }])).toBeNull();
  });
});

describe('how the method did in the past', () => {
  it('is how many quiet windows alarm, or nothing where it was not tried', () => {
    const calibration = { windows: 12, inflation: 2, false_alarms_before: 3, false_alarms_after: 0, as_far: 1 };
    expect(pastPieces({ working: { ...first.working!, calibration } })).toEqual(['0 of 12 quiet windows alarmed']);
    expect(pastPieces({ working: { ...first.working!, calibration: null } })).toEqual([]);
    expect(pastPieces({ working: null })).toEqual([]);
  });
});

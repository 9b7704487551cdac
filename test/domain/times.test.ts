import { describe, expect, it } from 'vitest';
import {
  daysBetween,
  formatDuration,
  formatRange,
  formatTime,
  formatUncertainty,
  formatWait,
} from '../../src/domain/times.ts';

describe('times', () => {
  it('shows text that is no instant, or depends on where it is read, as it came', () => {
    for (const text of ['2026-11-20', '2026-11-20T02:41:00', 'yesterday', '', '2026-02-31T02:41:00Z'])
      expect(formatTime(text)).toBe(text);
  });

  it('shows an offset as the same instant in UTC', () => {
    expect(formatTime('2026-11-20T04:11:00+01:30')).toBe('2026-11-20 02:41 UTC');
    expect(formatTime('2026-11-19T21:41:05-05:00')).toBe('2026-11-20 02:41:05 UTC');
  });

  it('says the day once where both ends share it', () => {
    expect(formatRange('2026-11-20T02:00:00Z', '2026-11-20T03:00:00Z')).toBe('2026-11-20 02:00 to 03:00 UTC');
    expect(formatRange('2026-11-19T02:00:00Z', '2026-11-20T02:00:00Z')).toBe(
      '2026-11-19 02:00 to 2026-11-20 02:00 UTC',
    );
    expect(formatUncertainty('2026-11-20T00:01:00Z', '2026-11-19T23:59:00Z', '2026-11-20T00:03:00Z')).toBe(
      '2026-11-19 23:59 and 00:03',
    );
  });

  it('says durations in the unit that fits', () => {
    expect([15, 900, 5400, 86_400, 259_200].map(formatDuration)).toEqual(['15 s', '15 min', '1.5 h', '24 h', '3 days']);
    expect(daysBetween('2026-11-20T09:00:00Z', '2026-11-24T09:00:00Z')).toBe(4);
    expect(daysBetween(null, '2026-11-24T09:00:00Z')).toBeNull();
  });
});

describe('a wait', () => {
  it.each([
    [0.2, '1 s'],
    [59, '59 s'],
    [61, '2 min'],
    [11_400, '3 h 10 min'],
    [7_200, '2 h'],
    [172_800, '2 days'],
    [180_000, '3 days'],
  ])('of %d seconds is rounded up to %s', (seconds, words) => {
    expect(formatWait(seconds)).toBe(words);
  });
});

import { describe, expect, it } from 'vitest';
import { parseDurationMs } from '../../src/domain/duration.ts';

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['60s', 60_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['2d', 172_800_000],
  ])('%s is %d milliseconds', (text, durationMs) => {
    expect(parseDurationMs(text)).toBe(durationMs);
  });

  it.each(['', '0s', '60', 's', '-5m', '1.5h', '5M', '1h30m', ' 5m', '1e3s', '9999999999s'])('%j is none', (text) => {
    expect(parseDurationMs(text)).toBeNull();
  });
});

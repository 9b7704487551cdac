import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInstantMs } from '../../src/domain/instant.ts';
import { formatInstant } from '../../src/domain/window.ts';

describe('an RFC 3339 time', () => {
  it.each([
    ['2026-11-20T02:00:00Z', '2026-11-20T02:00:00Z'],
    ['2026-11-20t02:00:00z', '2026-11-20T02:00:00Z'],
    ['2026-11-20 02:00:00Z', '2026-11-20T02:00:00Z'],
    ['2026-11-20T02:00:00+02:00', '2026-11-20T00:00:00Z'],
    ['2026-11-20T02:00:00-05:30', '2026-11-20T07:30:00Z'],
    ['2026-11-20T02:00:00.25Z', '2026-11-20T02:00:00.250Z'],
    ['2026-11-20T02:00:00.123456789Z', '2026-11-20T02:00:00.123Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
    ['1990-12-31T23:59:60Z', '1991-01-01T00:00:00Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
  ])('%s is %s', (text, expected) => {
    expect(formatInstant(parseInstantMs(text) ?? Number.NaN)).toBe(expected);
  });

  it.each([
    '2026-11-20T02:00:00',
    '2026-11-20',
    '2026-13-40T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-11-20T24:00:00Z',
    '2026-11-20T02:60:00Z',
    '2026-11-20T02:00:61Z',
    '2026-11-20T02:00:00+24:00',
    '2026-11-20T02:00:00+02',
    '2026-11-20T02:00Z',
    '20261120T020000Z',
    'yesterday',
    '1732068000',
    '2026-11-20T02:00:00Z ',
  ])('%s is not one', (text) => {
    expect(parseInstantMs(text)).toBeNull();
  });

  it('reads back what was written, for any time of four-digit years', () => {
    const times = fc.integer({ min: Date.UTC(1000, 0, 1), max: Date.UTC(9999, 11, 31) });
    fc.assert(
      fc.property(times, (atMs) => parseInstantMs(formatInstant(atMs)) === atMs),
      { seed: 20261120 },
    );
  });
});

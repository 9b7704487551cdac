import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coordinate, linearScale, roundTicks, timeTicks } from '../../../src/rendering/charts/scale.ts';

describe('scales of a chart', () => {
  it('puts the ends at 0 and 100, even where their difference overflows', () => {
    for (const [low, high] of [
      [0, 1],
      [-Number.MAX_VALUE, Number.MAX_VALUE],
    ] as const) {
      const scale = linearScale(low, high);
      expect([scale.percent(low), scale.percent(high)]).toEqual([0, 100]);
    }
  });

  it('picks round ticks that lie inside and are evenly apart', () => {
    expect(roundTicks(0, 0.6, 4)).toEqual([0, 0.2, 0.4, 0.6000000000000001]);
    fc.assert(
      fc.property(
        fc.double({ min: -1e9, max: 1e9, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
        (low, length) => {
          const ticks = roundTicks(low, low + length, 4);
          // What a double can hold of a stretch that is short and far from 0.
          const slack = length * 1e-6 + Math.abs(low) * 1e-15;
          expect(ticks.length).toBeLessThanOrEqual(10);
          for (const tick of ticks) {
            expect(tick).toBeGreaterThanOrEqual(low - slack);
            expect(tick).toBeLessThanOrEqual(low + length + slack);
          }
        },
      ),
    );
  });

  it('puts time ticks on full steps inside the stretch', () => {
    const start = Date.parse('2026-11-19T23:07:00Z');
    const ticks = timeTicks(start, start + 10 * 3_600_000, 5).map((at) => new Date(at).toISOString());
    expect(ticks[0]).toBe('2026-11-20T00:00:00.000Z');
    expect(ticks[1]).toBe('2026-11-20T02:00:00.000Z');
  });

  it('writes a coordinate that SVG can read, whatever the number', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(coordinate(value)).toMatch(/^-?\d+(\.\d{1,2})?$/);
      }),
    );
  });
});

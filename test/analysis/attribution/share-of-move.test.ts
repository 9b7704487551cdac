import { describe, expect, it } from 'vitest';
import { withinOneWhole } from '../../../src/analysis/attribution/share-of-move.ts';

const part = (estimate: number, low: number, high: number) => ({ estimate, low, high });

describe('parts of one whole', () => {
  it('that add up to less stay as they are', () => {
    const parts = [part(0.5, 0.4, 0.6), part(0.3, 0.2, 0.4)];
    expect([...withinOneWhole(parts).values()]).toEqual(parts);
  });

  it('that add up to more by chance are as much smaller, each inside its interval', () => {
    const shares = [...withinOneWhole([part(0.6, 0.45, 0.8), part(0.6, 0.58, 1.2), part(-0.1, -0.3, 0.1)]).values()];
    expect(shares.reduce((sum, { estimate }) => sum + estimate, 0)).toBeCloseTo(1, 12);
    for (const { estimate, low, high } of shares) {
      expect(low).toBeLessThanOrEqual(estimate);
      expect(estimate).toBeLessThanOrEqual(high);
    }
    expect(shares[2]).toEqual({ estimate: 0, low: 0, high: 0.1 });
  });
});

import { describe, expect, it } from 'vitest';
import { Deliveries, TOLERANCE_MS } from '../../../src/ingest/signatures/deliveries.ts';

const NOW = Date.UTC(2026, 10, 20, 3);

describe('signed deliveries', () => {
  it('are taken once, for as long as their own time would let them in', () => {
    const deliveries = new Deliveries(10);
    expect(deliveries.take('a', NOW)).toBe(true);
    expect(deliveries.take('a', NOW)).toBe(false);
    expect(deliveries.take('a', NOW + 2 * TOLERANCE_MS - 1)).toBe(false);
    expect(deliveries.take('b', NOW)).toBe(true);
  });

  it('may come again where they were given back', () => {
    const deliveries = new Deliveries(10);
    deliveries.take('a', NOW);
    deliveries.giveBack('a');
    expect(deliveries.take('a', NOW)).toBe(true);
  });

  it('are told to come again, not forgotten, where more come than are remembered', () => {
    const deliveries = new Deliveries(3);
    for (const id of ['a', 'b', 'c']) deliveries.take(id, NOW);
    expect(() => deliveries.take('d', NOW + 1)).toThrow(expect.objectContaining({ code: 'overloaded' }));
    for (const id of ['a', 'b', 'c']) expect(deliveries.take(id, NOW + 1)).toBe(false);
    expect(deliveries.take('d', NOW + 2 * TOLERANCE_MS)).toBe(true);
  });
});

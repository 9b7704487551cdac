import { describe, expect, it, vi } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/store/telemetry/limits.ts';
import { RowBuffer } from '../../../src/store/telemetry/writing/row-buffer.ts';
import { StreamRegistry } from '../../../src/store/telemetry/writing/stream-registry.ts';
import { attributes, identity } from '../../ingest/folding/telemetry-fixture.ts';

const LONG = 'x'.repeat(2_000);

/** Ten values as long as each may be, none of them met before. */
function wide(number: number) {
  const values = Array.from({ length: 10 }, (_, place) => [`a${place}`, `${number}/${place}/${LONG}`] as const);
  return identity({ attributes: attributes(Object.fromEntries(values)) });
}

describe('the series of a tenant', () => {
  it('are limited by what their names and values take as well, and known ones keep their place', () => {
    const limits = { ...DEFAULT_LIMITS, activeSeries: 2_000 };
    const registry = new StreamRegistry('t', limits, new RowBuffer(), new Set());
    const numbers = Array.from({ length: 200 }, (_, number) => registry.open(wide(number)));
    const taken = numbers.filter((number) => number >= 0);
    expect(taken.length).toBeGreaterThan(90);
    expect(taken.length).toBeLessThanOrEqual(100);
    expect(numbers.slice(0, taken.length)).toEqual(taken);
    expect(registry.hasReachedLimit).toBe(true);
    expect(registry.refusal(numbers.at(-1)!)).toMatchObject({
      code: 'series-limit',
      detail: expect.stringMatching(
        /^names and values of \d+ series take more than 2000000 characters; attribute a0 has/,
      ),
    });
    expect(registry.open(wide(0))).toBe(numbers[0]);
  });

  it('fill the whole number of them where they are as long as usual', () => {
    const limits = { ...DEFAULT_LIMITS, activeSeries: 5_000 };
    const registry = new StreamRegistry('t', limits, new RowBuffer(), new Set());
    for (let number = 0; number < 6_000; number++) {
      const usual = {
        'http.route': `/api/v1/orders/{id}/items/${number}`,
        'http.request.method': 'GET',
        host: LONG.slice(0, 300),
      };
      registry.open(identity({ attributes: attributes(usual) }));
    }
    expect(registry.entries).toHaveLength(5_000);
  });

  it('are refused for what their process or scope breaks without going through it for each metric', () => {
    const registry = new StreamRegistry('t', DEFAULT_LIMITS, new RowBuffer(), new Set());
    const resource = new Map([['process.command_line', 'x'.repeat(1_000_000)]]);
    const reading = vi.spyOn(resource, Symbol.iterator);
    const numbers = Array.from({ length: 100 }, (_, number) =>
      registry.open(identity({ metric: `m${number}`, resource })),
    );
    expect(reading.mock.calls.length).toBeLessThanOrEqual(1);
    expect(numbers.every((number) => registry.refusal(number)?.code === 'label-limit')).toBe(true);
    const told = (over: object) => registry.refusal(registry.open(identity(over)));
    expect(told({ metric: 'm5', resource })).toEqual({
      code: 'label-limit',
      where: 'm5',
      detail: 'attribute process.command_line has more than 2048 bytes, which is the limit',
    });
    expect(told({ scope: 's'.repeat(2_049) })?.detail).toMatch(/^scope s{40}… has 2049 characters; the limit is 2048$/);
    expect(told({ metric: 'u', unit: 'u'.repeat(257) })?.detail).toMatch(/^unit u{40}… has 257 characters; the limit/);
    expect(registry.open(identity({ scope: 's'.repeat(2_048) }))).toBe(0);
  });
});

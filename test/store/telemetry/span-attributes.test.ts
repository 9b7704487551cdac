import { describe, expect, it, vi } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/store/telemetry/limits.ts';
import { SpanAttributes } from '../../../src/store/telemetry/writing/span-attributes.ts';
import { attributes } from '../../ingest/folding/telemetry-fixture.ts';

const LONG = 'x'.repeat(1_000_000);

/** Counts how often its values are gone through. */
class CountedMap extends Map<string, string> {
  readings = 0;

  override [Symbol.iterator](): MapIterator<[string, string]> {
    this.readings++;
    return super[Symbol.iterator]();
  }
}

function counted(entries: Record<string, string>): CountedMap {
  const map = new CountedMap();
  for (const [name, value] of Object.entries(entries)) map.set(name, value);
  return map;
}

describe('the attributes of spans', () => {
  it('are the object they came as where they keep within the limits', () => {
    const within = attributes({ a: 'é'.repeat(1_024) });
    expect(new SpanAttributes(DEFAULT_LIMITS).limited(within)).toEqual({
      attributes: within,
      cut: null,
      refused: null,
    });
    expect(new SpanAttributes(DEFAULT_LIMITS).limited(within).attributes).toBe(within);
  });

  it('are cut once for as many spans as bring them, so that they are found again as one object', () => {
    const spanAttributes = new SpanAttributes(DEFAULT_LIMITS);
    const set = counted({ 'process.command_line': LONG, 'service.name': 'cart' });
    const first = spanAttributes.limited(set);
    const { readings } = set;
    expect(first.cut).toBe('attribute process.command_line has more than 2048 bytes, which is the limit');
    const command = `${'x'.repeat(2_045)}…`;
    expect(first.attributes).toEqual(attributes({ 'process.command_line': command, 'service.name': 'cart' }));
    for (let span = 0; span < 100; span++) expect(spanAttributes.limited(set).attributes).toBe(first.attributes);
    expect(set.readings).toBe(readings);
  });

  it('are refused by their number and their names before any value is looked at, and once', () => {
    const spanAttributes = new SpanAttributes(DEFAULT_LIMITS);
    const many = counted(Object.fromEntries(Array.from({ length: 129 }, (_, i) => [`a${i}`, LONG])));
    const longNamed = counted({ a: LONG, ['n'.repeat(257)]: LONG });
    expect(spanAttributes.limited(many).refused).toBe('129 attributes; the limit is 128');
    expect(spanAttributes.limited(many)).toBe(spanAttributes.limited(many));
    expect(spanAttributes.limited(longNamed).refused).toMatch(/^name n{40}… has 257 characters; the limit is 256$/);
    expect([many.readings, longNamed.readings]).toEqual([0, 0]);
  });

  it('are not counted by the byte where their length says enough', () => {
    const counting = vi.spyOn(Buffer, 'byteLength');
    new SpanAttributes(DEFAULT_LIMITS).limited(attributes({ a: LONG, b: 'short' }));
    const lengths = counting.mock.calls.map(([value]) => (value as string).length);
    counting.mockRestore();
    expect(Math.max(0, ...lengths)).toBeLessThanOrEqual(DEFAULT_LIMITS.valueBytes);
  });
});

import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/domain/error.ts';
import { namedSlos } from '../../src/domain/named-slos.ts';

const STORED = ['orders-latency', 'checkout', 'cart', 'search', 'login', 'mail', 'stock'].map((name) => ({ name }));
const STORE_IT = 'store it first with PUT /api/v1/slos/{name}';

function naming(names: readonly string[]) {
  const list = names.map((name) => `    - ${name}\n`).join('');
  const text = `apiVersion: postflight/v1\nkind: Upgrade\nmetadata: { name: a }\nspec:\n  slos:\n${list}`;
  return { text, place: 'upgrade.yaml', names };
}

function refusalOf(names: readonly string[], stored = STORED): AppError {
  try {
    namedSlos(stored, naming(names));
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('it was taken');
}

describe('the stored SLOs that a document names', () => {
  it('are those, or all where it names none', () => {
    expect(namedSlos(STORED, naming(['cart', 'mail']))).toEqual([{ name: 'cart' }, { name: 'mail' }]);
    expect(namedSlos(STORED, naming([]))).toBe(STORED);
  });

  it('are told by the nearest name where one is missing', () => {
    expect(refusalOf(['cart', 'order-latency'])).toMatchObject({
      message: 'no SLO "order-latency" is stored',
      place: 'upgrade.yaml:7: spec.slos[1]',
      remedy: `did you mean "orders-latency"? else ${STORE_IT}`,
    });
  });

  it('are told by the first five, and how many more there are, where none is near', () => {
    const five = '"orders-latency", "checkout", "cart", "search", "login"';
    expect(refusalOf(['availability']).remedy).toBe(`${STORE_IT}, or name one of ${five} and 2 more`);
    expect(refusalOf(['availability'], STORED.slice(0, 5)).remedy).toBe(`${STORE_IT}, or name one of ${five}`);
    expect(refusalOf(['availability'], []).remedy).toBe(STORE_IT);
  });

  it('fill no message, however many are stored, missing and long', () => {
    const stored = Array.from({ length: 5_000 }, (_, i) => ({ name: `${i} ${'x'.repeat(5_000)}` }));
    const missing = Array.from({ length: 100 }, (_, i) => `m${i}${'y'.repeat(5_000)}`);
    expect(refusalOf(missing, stored).message.length).toBeLessThan(50 * 1_000);
  });
});

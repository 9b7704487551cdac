/** Elements of one dimension before and after: parallel arrays of events and of the requests they are a share of. */
export interface RatioByElement {
  readonly eventsBefore: ArrayLike<number>;
  readonly totalsBefore: ArrayLike<number>;
  readonly eventsAfter: ArrayLike<number>;
  readonly totalsAfter: ArrayLike<number>;
}

/**
 * Jensen–Shannon surprise, in nats, of an element whose share was to be `expected` and is `actual`: ½[p ln(2p/(p + q)) + q ln(2q/(p
 * + q))] (Bhagwan et al. 2014). Summed over a dimension it lies in [0, ln 2].
 */
export function surprise(expected: number, actual: number): number {
  const term = (own: number): number => (own > 0 ? own * Math.log((2 * own) / (expected + actual)) : 0);
  return (term(expected) + term(actual)) / 2;
}

/**
 * Explanatory power of each element for the change of a ratio F1/F2 → A1/A2: the partial difference [(A1ᵢ − F1ᵢ)F2 − (A2ᵢ −
 * F2ᵢ)F1] / (F2(F2 + A2ᵢ − F2ᵢ)), normalised to sum to 1 (Bhagwan et al. 2014, derived measures), both sides brought to one
 * total, so that windows may differ in length. NaN where nothing changed.
 */
export function explanatoryPower(elements: RatioByElement): Float64Array {
  const { eventsBefore, totalsBefore, eventsAfter, totalsAfter } = elements;
  const before = sumOf(totalsBefore);
  const after = sumOf(totalsAfter);
  const ratioBefore = sumOf(eventsBefore) / before;
  const partial = Float64Array.from(totalsBefore, (total, i) => {
    const gained = totalsAfter[i]! / after - total / before;
    const events = eventsAfter[i]! / after - eventsBefore[i]! / before;
    return (events - gained * ratioBefore) / (1 + gained);
  });
  const all = sumOf(partial);
  return partial.map((one) => (all === 0 ? Number.NaN : one / all));
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}

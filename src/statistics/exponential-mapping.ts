const words = new DataView(new ArrayBuffer(8));

/** Exponent e with 2^e <= value < 2^(e+1), and whether value is 2^e exactly; value positive and finite. */
function binaryExponent(value: number): { exponent: number; exact: boolean } {
  const normal = value >= 2 ** -1022;
  words.setFloat64(0, normal ? value : value * 2 ** 52);
  const high = words.getUint32(0);
  const exponent = (high >>> 20) - 1023 - (normal ? 0 : 52);
  return { exponent, exact: (high & 0xfffff) === 0 && words.getUint32(4) === 0 };
}

/** 2^(steps / 2^scale): the whole part of the exponent is exact, so powers of two come out exact. */
function boundary(steps: number, scale: number): number {
  const exponent = steps * 2 ** -scale;
  const whole = Math.floor(exponent);
  const mantissa = 2 ** (exponent - whole);
  return mantissa * 2 ** whole;
}

/** Inclusive upper end base^(index+1) of an exponential bucket, base = 2^(2^−scale). */
export function exponentialUpperBound(index: number, scale: number): number {
  return boundary(index + 1, scale);
}

/** Exclusive lower end base^index of an exponential bucket. */
export function exponentialLowerBound(index: number, scale: number): number {
  return boundary(index, scale);
}

/**
 * Bucket (base^index, base^(index+1)] of a positive value, base = 2^(2^−scale), scale −10 to 20
 * (OpenTelemetry metrics data model, exponential histogram). NaN for values that are not positive and finite.
 */
export function exponentialIndex(value: number, scale: number): number {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) return Number.NaN;
  const { exponent, exact } = binaryExponent(value);
  if (exact) return Math.ceil(exponent * 2 ** scale) - 1;
  if (scale <= 0) return Math.floor(exponent * 2 ** scale);
  const index = Math.ceil(Math.log2(value) * 2 ** scale) - 1;
  // The logarithm may be off by one unit in the last place: the bounds decide.
  if (value <= exponentialLowerBound(index, scale)) return index - 1;
  return value > exponentialUpperBound(index, scale) ? index + 1 : index;
}

/** Half width over midpoint of every bucket, (base − 1)/(base + 1): the largest relative error of a quantile. */
export function relativeError(scale: number): number {
  return Math.tanh((Math.LN2 * 2 ** -scale) / 2);
}

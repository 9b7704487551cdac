/** Terms of the series beyond which nothing is added that a double holds. */
const TERMS = 100;

export interface TwoSamples {
  /** The largest distance between both distribution functions. */
  readonly distance: number;
  /** How often samples of one distribution are as far apart; asymptotic (Kolmogorov 1933, Smirnov 1948). */
  readonly p: number;
}

/** The two-sample test of Kolmogorov and Smirnov; ties make it say less, never more. */
export function twoSampleTest(a: readonly number[], b: readonly number[]): TwoSamples {
  const [left, right] = [a.toSorted(ascending), b.toSorted(ascending)];
  let distance = 0;
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    const value = Math.min(left[i]!, right[j]!);
    while (i < left.length && left[i] === value) i++;
    while (j < right.length && right[j] === value) j++;
    distance = Math.max(distance, Math.abs(i / left.length - j / right.length));
  }
  const size = Math.sqrt((left.length * right.length) / (left.length + right.length));
  return { distance, p: tailOf(size * distance) };
}

/** P(K > x) = 2 Σ (−1)^(k−1) exp(−2 k² x²); below 0.2 it is 1 to twelve digits. */
function tailOf(x: number): number {
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= TERMS; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, Math.max(0, sum));
}

function ascending(a: number, b: number): number {
  return a - b;
}

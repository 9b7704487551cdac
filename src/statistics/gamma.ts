const HALF_LOG_TWO_PI = 0.9189385332046728;
const STIRLING_FROM = 16;

/** logGamma(x) minus Stirling's (x − ½)·ln x − x + ½·ln 2π, for x >= 16: Σ B₂ₖ/(2k(2k−1)x^(2k−1)). */
export function stirlingCorrection(x: number): number {
  const inverse = 1 / x;
  const square = inverse * inverse;
  return (
    inverse *
    (1 / 12 -
      square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - square * (691 / 360360))))))
  );
}

/** ln Γ(x) for x > 0; NaN elsewhere. Absolute error near 1e-15 for small x, relative beyond. */
export function logGamma(x: number): number {
  if (!(x > 0)) return Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  let shifted = x;
  let product = 1;
  while (shifted < STIRLING_FROM) {
    product *= shifted;
    shifted += 1;
  }
  const stirling = (shifted - 0.5) * Math.log(shifted) - shifted + HALF_LOG_TWO_PI + stirlingCorrection(shifted);
  return stirling - Math.log(product);
}

/** ln B(a, b) without the cancellation of three large log-gammas (Didonato & Morris 1992, TOMS 708). */
export function logBeta(a: number, b: number): number {
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  if (large < STIRLING_FROM) return logGamma(small) + logGamma(large) - logGamma(small + large);
  const sum = small + large;
  if (small < STIRLING_FROM) {
    const correction = stirlingCorrection(large) - stirlingCorrection(sum);
    return logGamma(small) + correction + small - small * Math.log(sum) + (large - 0.5) * Math.log1p(-small / sum);
  }
  const correction = stirlingCorrection(small) + stirlingCorrection(large) - stirlingCorrection(sum);
  return (
    HALF_LOG_TWO_PI -
    0.5 * Math.log(large) +
    correction +
    (small - 0.5) * Math.log(small / sum) +
    large * Math.log1p(-small / sum)
  );
}

/** x^a·e^−x / Γ(a+1), the factor both expansions of the incomplete gamma share. */
function leadingTerm(a: number, x: number): number {
  if (a < STIRLING_FROM) return Math.exp(a * Math.log(x) - x - logGamma(a + 1));
  const excess = (x - a) / a;
  const exponent = a * (Math.abs(excess) < 0.5 ? Math.log1p(excess) - excess : Math.log(x / a) - excess);
  return Math.exp(exponent - stirlingCorrection(a)) / Math.sqrt(2 * Math.PI * a);
}

function lowerSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * 1e-17 && n < 1e6; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * leadingTerm(a, x);
}

/** Legendre's continued fraction by Lentz's method. */
function upperFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / (Math.abs(b) < tiny ? tiny : b);
  let h = d;
  for (let n = 1; n < 1e6; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = numerator * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + numerator / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return h * leadingTerm(a, x) * a;
}

/** P(a, x), the regularized lower incomplete gamma function. */
export function regularizedGammaLower(a: number, x: number): number {
  if (!(a > 0) || Number.isNaN(x)) return Number.NaN;
  if (x <= 0) return 0;
  if (x === Number.POSITIVE_INFINITY) return 1;
  return x < a + 1 ? lowerSeries(a, x) : 1 - upperFraction(a, x);
}

/** Q(a, x) = 1 − P(a, x), with the relative accuracy of the upper tail. */
export function regularizedGammaUpper(a: number, x: number): number {
  if (!(a > 0) || Number.isNaN(x)) return Number.NaN;
  if (x <= 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  return x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x);
}

export function chiSquareCdf(x: number, degreesOfFreedom: number): number {
  return regularizedGammaLower(degreesOfFreedom / 2, x / 2);
}

/** The p-value of a chi-square statistic. */
export function chiSquareTail(x: number, degreesOfFreedom: number): number {
  return regularizedGammaUpper(degreesOfFreedom / 2, x / 2);
}

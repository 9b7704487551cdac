import { logBeta } from './gamma.ts';

const TINY = 1e-300;

function keep(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** Continued fraction of the incomplete beta function (DLMF 8.17.22) by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / keep(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < 200_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / keep(1 + even * d);
    c = keep(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / keep(1 + odd * d);
    c = keep(1 + odd / c);
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return h;
}

/** ln of x^a·y^b / B(a, b), with y = 1 − x given so that neither tail loses digits, and ln B(a, b) computed once. */
function logKernel(x: number, y: number, a: number, b: number, logB: number): number {
  const logX = x > 0.5 ? Math.log1p(-y) : Math.log(x);
  const logY = y > 0.5 ? Math.log1p(-x) : Math.log(y);
  return a * logX + b * logY - logB;
}

/** I_x(a, b) where the caller knows both x and y = 1 − x exactly. */
export function regularizedBetaOfPair(x: number, y: number, a: number, b: number, logB = logBeta(a, b)): number {
  if (!(a > 0 && b > 0) || Number.isNaN(x)) return Number.NaN;
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const kernel = Math.exp(logKernel(x, y, a, b, logB));
  return x < (a + 1) / (a + b + 2) ? (kernel * betaFraction(x, a, b)) / a : 1 - (kernel * betaFraction(y, b, a)) / b;
}

/** I_x(a, b), the distribution function of Beta(a, b). */
export function regularizedBeta(x: number, a: number, b: number): number {
  return regularizedBetaOfPair(x, 1 - x, a, b);
}

/** Quantile of Beta(a, b): safeguarded Newton steps on the log-odds, so that tiny quantiles keep their digits. */
export function betaQuantile(p: number, a: number, b: number): number {
  if (!(p >= 0 && p <= 1 && a > 0 && b > 0)) return Number.NaN;
  if (p === 0 || p === 1) return p;
  const logB = logBeta(a, b);
  let low = -740;
  let high = 740;
  let logit = Math.min(high, Math.max(low, Math.log(a / b)));
  for (let step = 0; step < 200; step++) {
    const x = 1 / (1 + Math.exp(-logit));
    const y = 1 / (1 + Math.exp(logit));
    const error = regularizedBetaOfPair(x, y, a, b, logB) - p;
    if (error === 0) break;
    if (error > 0) high = logit;
    else low = logit;
    const slope = Math.exp(logKernel(x, y, a, b, logB));
    let next = logit - error / slope;
    if (!(next > low && next < high)) next = (low + high) / 2;
    const moved = Math.abs(next - logit);
    logit = next;
    if (moved < 1e-15 * Math.max(1, Math.abs(logit))) break;
  }
  return 1 / (1 + Math.exp(-logit));
}

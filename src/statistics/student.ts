import { regularizedBetaOfPair } from './beta.ts';
import { logBeta } from './gamma.ts';
import { normalCdf, normalQuantile } from './normal.ts';

/** Beyond this many degrees of freedom the normal distribution differs by less than 1e-11. */
const NORMAL_FROM = 1e10;

/** Student's t distribution function; the lower tail keeps its relative accuracy. NaN below any degrees of freedom. */
export function studentCdf(t: number, degreesOfFreedom: number): number {
  if (!(degreesOfFreedom > 0) || Number.isNaN(t)) return Number.NaN;
  if (degreesOfFreedom >= NORMAL_FROM) return normalCdf(t);
  if (!Number.isFinite(t)) return t < 0 ? 0 : 1;
  const tail = tailBeyond(t, degreesOfFreedom, logBeta(degreesOfFreedom / 2, 0.5));
  return t > 0 ? 1 - tail : tail;
}

/** Chance of less than −|t|; ln B(ν/2, 1/2) is the same for every t. */
function tailBeyond(t: number, degreesOfFreedom: number, logB: number): number {
  const square = t * t;
  const sum = degreesOfFreedom + square;
  return regularizedBetaOfPair(degreesOfFreedom / sum, square / sum, degreesOfFreedom / 2, 0.5, logB) / 2;
}

function studentDensity(t: number, degreesOfFreedom: number, logB: number): number {
  const logDensity =
    -((degreesOfFreedom + 1) / 2) * Math.log1p((t * t) / degreesOfFreedom) - Math.log(degreesOfFreedom) / 2 - logB;
  return Math.exp(logDensity);
}

/** Of the normal quantile z (Abramowitz & Stegun 1964, 26.7.5), good for many degrees of freedom. */
function approximateQuantile(z: number, degreesOfFreedom: number): number {
  const square = z * z;
  const first = (z * (square + 1)) / 4;
  const second = (z * ((5 * square + 16) * square + 3)) / 96;
  const third = (z * (((3 * square + 19) * square + 17) * square - 15)) / 384;
  return z + (first + (second + third / degreesOfFreedom) / degreesOfFreedom) / degreesOfFreedom;
}

/** |t| whose lower tail is `tail`: safeguarded Newton on log tail against log t, near straight for any power tail. */
function magnitudeOfTail(tail: number, degreesOfFreedom: number): number {
  const logB = logBeta(degreesOfFreedom / 2, 0.5);
  let low = Math.max(-normalQuantile(tail), Number.MIN_VALUE);
  const start = approximateQuantile(low, degreesOfFreedom);
  let high = low * 2;
  while (tailBeyond(high, degreesOfFreedom, logB) > tail) {
    low = high;
    high *= 2;
  }
  let t = start > low && start < high ? start : Math.sqrt(low * high);
  for (let step = 0; step < 200; step++) {
    const reached = tailBeyond(t, degreesOfFreedom, logB);
    if (reached > tail) low = t;
    else high = t;
    const slope = (t * studentDensity(t, degreesOfFreedom, logB)) / reached;
    let next = t * Math.exp(Math.log(reached / tail) / slope);
    if (!(next >= low && next <= high)) next = (low + high) / 2;
    const moved = Math.abs(next - t);
    t = next;
    if (moved <= 4e-16 * t) break;
  }
  return t;
}

/** Quantile of Student's t; infinite degrees of freedom give the normal quantile, none give NaN. */
export function studentQuantile(p: number, degreesOfFreedom: number): number {
  if (!(p >= 0 && p <= 1) || !(degreesOfFreedom > 0)) return Number.NaN;
  if (p === 0 || p === 1 || degreesOfFreedom >= NORMAL_FROM) return normalQuantile(p);
  if (Math.abs(p - 0.5) < 1e-16) return 0;
  const tail = p < 0.5 ? p : 1 - p;
  const magnitude = degreesOfFreedom === 1 ? 1 / Math.tan(Math.PI * tail) : magnitudeOfTail(tail, degreesOfFreedom);
  return p < 0.5 ? -magnitude : magnitude;
}

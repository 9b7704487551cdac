import type { CellSeries } from '../../domain/cells.ts';
import type { Interval } from '../../statistics/mover.ts';
import { studentQuantile } from '../../statistics/student.ts';
import type { Estimate } from '../estimating/estimate.ts';
import { BASELINE, POST } from '../phases.ts';
import type { RowRatio, Sample } from '../sampling/sample.ts';

/**
 * How far instances differ from one another where the arms have none in common. Blocks then cannot tell an instance from
 * the change: replacing one instance by another moves a level even when nothing changed.
 */
export interface HostSpread {
  /** Variance of the logarithm of an arm's level from which instances it happens to have: baseline, post. */
  readonly logVariances: readonly [number, number];
  /** Of the variances; infinite where they are not measured. */
  readonly degreesOfFreedom: number;
  /** Of the logarithm of one instance's level. */
  readonly logVariance: number;
  readonly note: string;
}

/** Ordinary instances differ by this much (standard deviation of the logarithm); used where too few tell for themselves. */
const ORDINARY_SPREAD = 0.1;
const FEWEST_DEGREES = 4;

/** Null where an instance runs in both arms, or instances are not known. */
export function hostSpread(sample: Sample, response: RowRatio): HostSpread | null {
  if (!sample.ordered || ranOnBothSides(sample, response)) return null;
  const hosts = [levelsByHost(sample, response, BASELINE), levelsByHost(sample, response, POST)] as const;
  const [before, after] = hosts;
  if (before.size === 0 || after.size === 0) return null;
  if ([...before.keys(), ...after.keys()].includes('')) return null;
  const degrees = before.size + after.size - 2;
  const measured =
    degrees >= FEWEST_DEGREES ? pooledLogVariance(hosts.map((levels) => [...levels.values()])) : Number.NaN;
  const variance = Number.isNaN(measured) ? ORDINARY_SPREAD ** 2 : measured;
  const words = Number.isNaN(measured)
    ? 'ordinary differences between instances (10 %)'
    : 'the differences seen between instances';
  return {
    logVariances: [variance / before.size, variance / after.size],
    degreesOfFreedom: Number.isNaN(measured) ? Number.POSITIVE_INFINITY : degrees,
    logVariance: variance,
    note: `no instance ran on both sides (${before.size} before, ${after.size} after); ${words} were allowed for`,
  };
}

/** Asked first: nearly always an instance did, and then no level is needed. */
function ranOnBothSides(sample: Sample, response: RowRatio): boolean {
  const seen: [Set<string>, Set<string>] = [new Set(), new Set()];
  return sample.series.some((series, index) => {
    const host = series.key.instance ?? '';
    for (const arm of [BASELINE, POST] as const) {
      if (!seen[arm].has(host) && hasLevel(series, sample.armOf[index]!, response, arm)) seen[arm].add(host);
    }
    return seen[BASELINE].has(host) && seen[POST].has(host);
  });
}

function hasLevel(series: CellSeries, armOf: Int8Array, response: RowRatio, arm: 0 | 1): boolean {
  for (let row = armOf.indexOf(arm); row >= 0; row = armOf.indexOf(arm, row + 1)) {
    if (isKnown(response.numerator(series, row), response.denominator(series, row))) return true;
  }
  return false;
}

function isKnown(numerator: number, denominator: number): boolean {
  return denominator > 0 && !Number.isNaN(numerator);
}

function levelsByHost(sample: Sample, response: RowRatio, arm: 0 | 1): Map<string, number> {
  const sums = new Map<string, [number, number]>();
  sample.series.forEach((series, index) => {
    addRows(series, sample.armOf[index]!, response, arm, sums);
  });
  return new Map([...sums].map(([host, [numerator, denominator]]) => [host, numerator / denominator]));
}

function addRows(
  series: CellSeries,
  armOf: Int8Array,
  response: RowRatio,
  arm: 0 | 1,
  sums: Map<string, [number, number]>,
): void {
  const host = series.key.instance ?? '';
  let [over, under] = sums.get(host) ?? [0, 0];
  let rows = 0;
  for (let row = 0; row < armOf.length; row++) {
    if (armOf[row] !== arm) continue;
    const numerator = response.numerator(series, row);
    const denominator = response.denominator(series, row);
    if (!isKnown(numerator, denominator)) continue;
    over += numerator;
    under += denominator;
    rows++;
  }
  if (rows > 0) sums.set(host, [over, under]);
}

/** Of the logarithms around their arm's mean; NaN where a level is not positive. */
function pooledLogVariance(arms: readonly (readonly number[])[]): number {
  let squares = 0;
  let degrees = 0;
  for (const levels of arms) {
    const logs = levels.map(Math.log);
    const centre = logs.reduce((sum, one) => sum + one, 0) / logs.length;
    for (const one of logs) squares += (one - centre) ** 2;
    degrees += logs.length - 1;
  }
  return Number.isFinite(squares) ? squares / degrees : Number.NaN;
}

/** The estimate with its interval widened, on both sides, by what other instances could have shown. */
export function withHostSpread(
  estimate: Estimate,
  { logVariances, logVariance, degreesOfFreedom, note }: HostSpread,
): Estimate {
  const [before, after] = logVariances;
  const isRelative = estimate.kind === 'relative';
  const deviation = isRelative
    ? Math.sqrt(before + after)
    : Math.sqrt(before * estimate.baseline ** 2 + after * estimate.post ** 2);
  return {
    ...estimate,
    notes: [...estimate.notes, note],
    instanceVariance: isRelative ? 2 * logVariance : logVariance * (estimate.baseline ** 2 + estimate.post ** 2),
    effectAt(level) {
      const reach = studentQuantile((1 + level) / 2, degreesOfFreedom) * deviation;
      const interval = estimate.effectAt(level);
      if (!isRelative) return widened(interval, reach);
      const { estimate: effect, low, high } = widened(inLogs(interval), reach);
      return { estimate: Math.expm1(effect), low: Math.expm1(low), high: Math.expm1(high) };
    },
  };
}

function inLogs({ estimate, low, high }: Interval): Interval {
  return { estimate: Math.log1p(estimate), low: Math.log1p(Math.max(-1, low)), high: Math.log1p(high) };
}

function widened({ estimate, low, high }: Interval, reach: number): Interval {
  return {
    estimate,
    low: estimate - Math.hypot(estimate - low, reach),
    high: estimate + Math.hypot(high - estimate, reach),
  };
}

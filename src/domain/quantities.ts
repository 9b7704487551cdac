import { formatNumber, formatPercent, formatShare, withSign } from './numbers.ts';
import type { Comparison, Effect } from './report.ts';
import { formatDuration } from './times.ts';

/** What decides how a value is written: its unit, and for plain numbers whether the name says it is a share of one. */
export type Measured = Pick<Comparison, 'indicator' | 'unit'>;

const SECONDS_PER_UNIT = new Map([
  ['s', 1],
  ['ms', 1e-3],
  ['us', 1e-6],
  ['µs', 1e-6],
  ['ns', 1e-9],
  ['min', 60],
  ['h', 3600],
]);
const BYTE_STEPS: readonly (readonly [number, string])[] = [
  [1e12, 'TB'],
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'kB'],
];
const PLAIN_UNITS = new Set(['', '1', 'ratio']);
const SHARE_NAME =
  /(^|[^a-z])(ratio|share|exceedance|availability|percentage|(success|error|failure|hit|miss).?rate)([^a-z]|$)/i;

function isShare(measured: Measured): boolean {
  return PLAIN_UNITS.has(measured.unit) && SHARE_NAME.test(measured.indicator);
}

function formatSeconds(seconds: number): string {
  const magnitude = Math.abs(seconds);
  if (magnitude >= 120 && Number.isFinite(magnitude)) return formatDuration(seconds);
  // Rounded first, so that 0.9996 s reads 1 s and not 1,000 ms.
  const rounded = Number(magnitude.toPrecision(3));
  if (rounded >= 1 || magnitude === 0 || Number.isNaN(magnitude)) return `${formatNumber(seconds)} s`;
  if (rounded >= 1e-3) return `${formatNumber(seconds * 1e3)} ms`;
  if (rounded >= 1e-6) return `${formatNumber(seconds * 1e6)} µs`;
  return `${formatNumber(seconds * 1e9)} ns`;
}

function formatBytes(bytes: number): string {
  const step = BYTE_STEPS.find(([size]) => Math.abs(bytes) >= size);
  return step === undefined ? `${formatNumber(bytes)} B` : `${formatNumber(bytes / step[0])} ${step[1]}`;
}

function formatInUnit(value: number, unit: string): string {
  const seconds = SECONDS_PER_UNIT.get(unit);
  if (seconds !== undefined) return formatSeconds(value * seconds);
  if (unit === 'By') return formatBytes(value);
  if (unit === '%') return `${formatNumber(value)}%`;
  if (PLAIN_UNITS.has(unit)) return formatNumber(value);
  return `${formatNumber(value)} ${unit.replace(/[{}]/g, '')}`;
}

/** A value of the indicator in a unit people read: 212 ms, 2.1%, 1.09. */
export function formatQuantity(value: number | null, measured: Measured): string {
  if (value === null || Number.isNaN(value)) return 'no data';
  return isShare(measured) ? formatShare(value) : formatInUnit(value, measured.unit);
}

function formatDifference(value: number, measured: Measured): string {
  return isShare(measured) ? `${formatNumber(value * 100)} pp` : formatInUnit(value, measured.unit);
}

export interface EffectWords {
  readonly estimate: string;
  readonly low: string;
  readonly high: string;
  readonly margin: string;
}

/** An effect in words: relative as signed percent, absolute as a signed quantity (percentage points for a share). */
export function effectWords(effect: Effect, measured: Measured): EffectWords {
  const format = effectMagnitude(effect.kind, measured);
  return {
    estimate: withSign(effect.estimate, format),
    low: withSign(effect.low, format),
    high: withSign(effect.high, format),
    margin: Number.isNaN(effect.margin) ? 'unknown' : format(effect.margin),
  };
}

/** How a magnitude of that kind of effect is written, for labels on an axis. */
export function effectMagnitude(kind: Effect['kind'], measured: Measured): (magnitude: number) => string {
  return kind === 'relative' ? formatPercent : (magnitude) => formatDifference(magnitude, measured);
}

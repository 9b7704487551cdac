/** Numbers as people read them, without a locale: comma for thousands, point for decimals, U+2212 for minus. */

const UNKNOWN = 'unknown';
const LARGEST_PLAIN = 1e15;
const SMALLEST_PLAIN = 1e-6;

function withThousands(digits: string): string {
  const [whole = '', fraction] = digits.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Exactly that many decimals at most; trailing zeros are dropped. */
function plainDecimal(magnitude: number, decimals: number): string {
  const fixed = magnitude.toFixed(Math.min(20, Math.max(0, decimals)));
  return withThousands(fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed);
}

function formatMagnitude(magnitude: number, significantDigits: number): string {
  if (magnitude === Number.POSITIVE_INFINITY) return '∞';
  if (magnitude === 0) return '0';
  if (magnitude >= LARGEST_PLAIN || magnitude < SMALLEST_PLAIN) {
    return magnitude.toExponential(significantDigits - 1).replace(/\.?0*e\+?/, 'e');
  }
  const rounded = Number(magnitude.toPrecision(significantDigits));
  const decimals = significantDigits - 1 - Math.floor(Math.log10(rounded));
  return plainDecimal(rounded, decimals);
}

export function formatNumber(value: number, significantDigits = 3): string {
  if (Number.isNaN(value)) return UNKNOWN;
  return `${value < 0 ? '−' : ''}${formatMagnitude(Math.abs(value), significantDigits)}`;
}

/** A whole number in full. */
export function formatCount(value: number): string {
  if (!Number.isFinite(value) || Math.abs(value) >= LARGEST_PLAIN) return formatNumber(value);
  const rounded = Math.round(value);
  return `${rounded < 0 ? '−' : ''}${withThousands(Math.abs(rounded).toFixed(0))}`;
}

/** A share as a percentage; close to one it keeps the digits that tell 99.95% from 99.99%. */
export function formatShare(share: number): string {
  if (Number.isFinite(share) && share > 0.9 && share < 1) {
    const missing = 1 - share;
    return `${plainDecimal(share * 100, Math.max(1, Math.ceil(-Math.log10(missing)) - 1))}%`;
  }
  return formatPercent(share);
}

export function formatPercent(fraction: number): string {
  return Number.isNaN(fraction) ? UNKNOWN : `${formatNumber(fraction * 100)}%`;
}

/** An objective exactly as it was set: 99.95%, never rounded to 100%. */
export function formatObjective(objective: number): string {
  return Number.isNaN(objective) ? UNKNOWN : `${formatNumber(objective * 100, 9)}%`;
}

export function formatProbability(value: number): string {
  if (Number.isNaN(value)) return UNKNOWN;
  if (value >= 0 && value < 0.0001) return '< 0.0001';
  return formatNumber(value, 2);
}

/** A sign in front of a magnitude that formats itself. */
export function withSign(value: number, format: (magnitude: number) => string): string {
  if (Number.isNaN(value)) return UNKNOWN;
  const sign = value > 0 ? '+' : value < 0 ? '−' : '±';
  return `${sign}${format(Math.abs(value))}`;
}

/** `1 comparison`, `2 comparisons`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

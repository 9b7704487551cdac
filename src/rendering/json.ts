import type { Report } from '../domain/report.ts';

// What JSON leaves raw inside strings but a terminal or an editor may act on; the escape reads back as the same text.
const RISKY_IN_TERMINALS = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Digits beyond these are rounding noise, which differs between versions of the runtime's own exp and log. */
const SIGNIFICANT_DIGITS = 10;

/** The report of the contract. NaN and infinities, which JSON does not have, become null. */
export function renderJson(report: Report): string {
  const json = JSON.stringify(report, withoutNoise, 2);
  return `${json.replace(RISKY_IN_TERMINALS, escapeUnit)}\n`;
}

function withoutNoise(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(SIGNIFICANT_DIGITS)) : value;
}

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

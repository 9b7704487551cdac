import type { Attributes } from '../../../domain/telemetry.ts';
import type { TelemetryLimits } from '../limits.ts';

/** A character takes at most three bytes of UTF-8 for each of its code units. */
const MOST_BYTES_PER_UNIT = 3;
const ELLIPSIS = '…';

/** The limit that attributes break, in words with its number; null where they keep within all. */
export function brokenLimit(attributes: Attributes, limits: TelemetryLimits): string | null {
  return brokenNameLimit(attributes, limits) ?? longValue(attributes, limits);
}

/** As `brokenLimit`, of what no cut mends: their number and their names. */
export function brokenNameLimit(attributes: Attributes, limits: TelemetryLimits): string | null {
  if (attributes.size > limits.attributes) return `${attributes.size} attributes; the limit is ${limits.attributes}`;
  for (const name of attributes.keys()) if (name.length > limits.nameLength) return longName(name, limits);
  return null;
}

/** The first value that is too long, in words; null where none is. */
export function longValue(attributes: Attributes, { valueBytes }: TelemetryLimits): string | null {
  for (const [name, value] of attributes) {
    if (isTooLong(value, valueBytes)) return `attribute ${name} has more than ${valueBytes} bytes, which is the limit`;
  }
  return null;
}

/** With values that are too long cut to what they may be, and an ellipsis at their end. */
export function withCutValues(attributes: Attributes, { valueBytes }: TelemetryLimits): Attributes {
  return new Map(
    Array.from(attributes, ([name, value]) => [name, isTooLong(value, valueBytes) ? cut(value, valueBytes) : value]),
  );
}

export function longName(name: string, { nameLength }: TelemetryLimits): string {
  return longText('name', name, nameLength);
}

export function longText(what: string, text: string, most: number): string {
  return `${what} ${text.slice(0, 40)}… has ${text.length} characters; the limit is ${most}`;
}

/** A character that the cut goes through is left out. */
function cut(value: string, bytes: number): string {
  const kept = Buffer.from(value.slice(0, bytes)).subarray(0, bytes - Buffer.byteLength(ELLIPSIS));
  return kept.toString().replace(/\uFFFD+$/, '') + ELLIPSIS;
}

/** Bytes are counted only where the length leaves it open, so never of a value without end. */
function isTooLong(value: string, bytes: number): boolean {
  return value.length > bytes || (value.length * MOST_BYTES_PER_UNIT > bytes && Buffer.byteLength(value) > bytes);
}

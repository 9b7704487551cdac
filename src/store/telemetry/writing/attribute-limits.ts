import type { Attributes } from '../../../domain/telemetry.ts';
import type { TelemetryLimits } from '../limits.ts';

/** A character takes at most three bytes of UTF-8 for each of its code units. */
const MOST_BYTES_PER_UNIT = 3;
const ELLIPSIS = '…';

/** The limit that attributes break, in words with its number; null where they keep within all. */
export function brokenLimit(attributes: Attributes, limits: TelemetryLimits): string | null {
  if (attributes.size > limits.attributes) return `${attributes.size} attributes; the limit is ${limits.attributes}`;
  for (const [name, value] of attributes) {
    if (name.length > limits.nameLength) return longName(name, limits);
    if (isTooLong(value, limits.valueBytes)) {
      return `attribute ${name} has more than ${limits.valueBytes} bytes, which is the limit`;
    }
  }
  return null;
}

/** With values that are too long cut to what they may be, and an ellipsis at their end. */
export function withCutValues(attributes: Attributes, { valueBytes }: TelemetryLimits): Attributes {
  return new Map(
    Array.from(attributes, ([name, value]) => [name, isTooLong(value, valueBytes) ? cut(value, valueBytes) : value]),
  );
}

export function longName(name: string, limits: TelemetryLimits): string {
  return `name ${name.slice(0, 40)}… has ${name.length} characters; the limit is ${limits.nameLength}`;
}

/** A character that the cut goes through is left out. */
function cut(value: string, bytes: number): string {
  const kept = Buffer.from(value.slice(0, bytes)).subarray(0, bytes - Buffer.byteLength(ELLIPSIS));
  return kept.toString().replace(/\uFFFD+$/, '') + ELLIPSIS;
}

function isTooLong(value: string, bytes: number): boolean {
  return value.length * MOST_BYTES_PER_UNIT > bytes && Buffer.byteLength(value) > bytes;
}

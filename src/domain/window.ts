/** A half-open stretch of time `[startMs, endMs)`, in milliseconds since the epoch. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** RFC 3339 in UTC, without fractional seconds where there are none. */
export function formatInstant(atMs: number): string {
  return new Date(atMs).toISOString().replace('.000Z', 'Z');
}

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** Milliseconds of `500ms`, `60s`, `5m`, `1h` or `2d`; null for anything else, zero included. */
export function parseDurationMs(text: string): number | null {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  const unitMs = UNIT_MS.get(match?.[2] ?? '');
  const durationMs = unitMs === undefined ? 0 : Number(match?.[1]) * unitMs;
  return durationMs > 0 ? durationMs : null;
}

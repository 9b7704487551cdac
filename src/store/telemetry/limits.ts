/** What one tenant may hand in; the defaults are stricter than those of the systems that would be asked instead. */
export interface TelemetryLimits {
  /** How far points may lie ahead of the clock, and behind it. */
  readonly futureMs: number;
  readonly pastMs: number;
  /** Streams of one tenant; points of those that are known keep coming in. */
  readonly activeSeries: number;
  /** Of a resource, and of a point. */
  readonly attributes: number;
  /** Of a span, and of the process that sent it: as many as SDKs keep. */
  readonly spanAttributes: number;
  /** Of a metric, its unit or an attribute, in characters. */
  readonly nameLength: number;
  /** Of an attribute; a scope has as many characters. */
  readonly valueBytes: number;
  readonly buckets: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export const DEFAULT_LIMITS: TelemetryLimits = {
  futureMs: 10 * MINUTE_MS,
  pastMs: 7 * DAY_MS,
  activeSeries: 100_000,
  attributes: 64,
  spanAttributes: 128,
  nameLength: 256,
  valueBytes: 2_048,
  buckets: 1_024,
};

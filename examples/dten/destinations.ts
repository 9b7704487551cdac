/** Who gets the telemetry of a run beside its recorder. */
export interface Audience {
  /** A service that is sent the same as protobuf while the run lasts; null: there is none. */
  readonly service: string | null;
  /** The port of each instance's metrics page, by instance id. Empty: nobody scrapes. */
  readonly metricsPorts: ReadonlyMap<string, number>;
}

/** Where the processes of one run send their telemetry. All of it carries the same numbers. */
export interface Destinations extends Audience {
  /** Takes OTLP as JSON and writes it to files. */
  readonly recorder: string;
  readonly metricIntervalMs: number;
}

/** A run that is only recorded. */
export const NOBODY_ELSE: Audience = { service: null, metricsPorts: new Map() };

/** How a process hears of them: by the SDK's own variables, and these. */
export const RECORDER_VARIABLE = 'DTEN_RECORDER';
export const METRICS_PORT_VARIABLE = 'DTEN_METRICS_PORT';

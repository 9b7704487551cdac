import type { ComparisonMethod } from './report.ts';
import type { Window } from './window.ts';

/** Where the exposure of a cell to a change is read off the telemetry. */
export interface ExposureRule {
  readonly attribute: string;
  readonly value: string;
}

/** One candidate cause. `kind` is checked by the registry of candidate kinds. */
export interface Change {
  readonly id: string;
  readonly kind: string;
  readonly service: string | null;
  readonly peer: string | null;
  /** The flag's name or the config key, where the kind has one. */
  readonly subject: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly atMs: number | null;
  /** As the document states it; null means the kind's default applies. */
  readonly exposure: ExposureRule | null;
  /** Share of its traffic that was meant to meet it, in (0, 1); absent where the document does not state it. */
  readonly intendedShare?: number;
}

export type Better = 'lower' | 'higher' | 'either';

/** An indicator the document names over a series of the user's own. */
export interface NamedIndicator {
  readonly name: string;
  readonly metric: string;
  readonly kind: 'gauge' | 'ratio' | 'histogram';
  readonly better: Better;
  readonly unit: string;
  /** The metric counted below the line, for a ratio. */
  readonly denominator: string | null;
  /** Which quantiles to compare, for a histogram. */
  readonly quantiles: readonly number[];
}

/** How much worse is worse: relative margins, 0.05 = 5 %. */
export interface Margins {
  readonly latency: number;
  readonly errorRatio: number;
  readonly retryRatio: number;
}

export type TelemetrySource =
  | { readonly kind: 'otlp'; readonly pattern: string }
  | { readonly kind: 'prometheus'; readonly url: string }
  | { readonly kind: 'openmetrics'; readonly pattern: string };

/** The upgrade document, decoded. */
export interface Upgrade {
  readonly name: string;
  /** The maintenance window: shown, never compared. */
  readonly window: Window | null;
  readonly baseline: readonly Window[];
  /** Null: from the end of the window to the last data. */
  readonly post: Window | null;
  readonly changes: readonly Change[];
  readonly telemetry: readonly TelemetrySource[];
  readonly indicators: readonly NamedIndicator[];
  /** Call graph: [caller, callee] pairs of service names. */
  readonly dependencies: readonly (readonly [string, string])[];
  readonly sloFiles: readonly string[];
  readonly resolutionMs: number;
  readonly margins: Margins;
  /** Attributes that tell kinds of traffic apart (`client.type`, `cloud.region`): each is compared with itself. */
  readonly strata: readonly string[];
  /** The method to compare by; null: the best the data allows. */
  readonly method: ComparisonMethod | null;
}

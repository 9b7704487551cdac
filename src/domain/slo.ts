/** One objective of an OpenSLO document, bound to an endpoint. */
export interface Slo {
  readonly name: string;
  readonly service: string;
  /** Null: the service as a whole. */
  readonly endpoint: string | null;
  readonly peer: string | null;
  /** Share of requests that must be good, in (0, 1). */
  readonly objective: number;
  readonly periodMs: number;
  readonly indicator: { readonly kind: 'latency'; readonly thresholdSeconds: number } | { readonly kind: 'errors' };
}

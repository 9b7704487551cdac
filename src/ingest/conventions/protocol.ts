/** Attribute names tried in order; the first one present is read. */
export type Alternatives = readonly string[];

/** How an endpoint is named. The rule applies when every required part is present. */
export interface EndpointRule {
  readonly required: readonly Alternatives[];
  /** Added when present. */
  readonly optional?: readonly Alternatives[];
  readonly separator: string;
  readonly suffix?: string;
  /** Restricts the rule to one side of the call. */
  readonly side?: Side;
}

/** Which outcome a status attribute tells. An `error.type` is an error everywhere. */
export type StatusRule =
  | { readonly attributes: Alternatives; readonly kind: 'from'; readonly server: number; readonly client: number }
  | {
      readonly attributes: Alternatives;
      readonly kind: 'unless';
      readonly success: readonly string[];
      /** What is the caller's own fault, and no failure of who serves it; in capitals. */
      readonly callersFault: readonly string[];
    };

export type Side = 'server' | 'client';

/** One family of semantic conventions: how endpoint, peer and errors are read off attributes. */
export interface Protocol {
  readonly name: string;
  /** A span that carries one of these belongs to the protocol. */
  readonly marks: Alternatives;
  readonly endpoints: readonly EndpointRule[];
  /** What is called, by preference; read on the client side only. */
  readonly peers: Alternatives;
  readonly status: StatusRule | null;
  /** Whether a series with neither status nor `error.type` is known to be free of errors. */
  readonly silenceIsSuccess: boolean;
}

/** How a metric of the semantic conventions is read. */
export interface MetricProfile {
  readonly metric: string;
  readonly protocol: Protocol;
  readonly side: Side;
  /** What one observation is: a request served, one attempt, a call including its retries, or the time a call waited. */
  readonly counts: 'requests' | 'attempts' | 'calls' | 'delays';
  /** The unit where the stream names none. */
  readonly unit: 's' | 'ms';
  /** Profiles of one family describe the same traffic and are never added together; the lowest rank is used. */
  readonly family: string;
  readonly rank: number;
}

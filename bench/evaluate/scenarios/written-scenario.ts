import type { ReportVerdict, SuspectVerdict } from '../../../src/domain/report.ts';

/** One `.scenario` file: the world as it was, what happened to it, and what a report of it has to say. */
export interface WrittenScenario {
  readonly name: string;
  /** The comment the file begins with. */
  readonly title: string;
  readonly load: Load;
  readonly events: readonly Event[];
  readonly expectation: Expectation;
}

export interface Load {
  readonly services: readonly ServiceLoad[];
  readonly baselineMinutes: number;
  readonly windowMinutes: number;
  readonly postMinutes: number;
  /** Standard deviation of the log-level between instances, and from minute to minute. */
  readonly instancesDiffer: number;
  readonly minutesDiffer: number;
}

export interface ServiceLoad {
  readonly name: string;
  readonly instances: number;
  /** Requests a minute at which it would stand still; null: it does not slow down under load. */
  readonly capacity: number | null;
  readonly endpoints: readonly EndpointLoad[];
  readonly line: number;
}

export interface EndpointLoad {
  readonly name: string;
  /** From outside; what other services of the scenario call comes on top. */
  readonly requestsPerMinute: number;
  /** Time it spends itself, calls not included. */
  readonly latency: Latency;
  readonly errors: number;
  readonly calls: readonly Call[];
  readonly kinds: TrafficKinds | null;
}

export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Call {
  /** A service of the scenario, or a name outside it. */
  readonly peer: string;
  readonly endpoint: string | null;
  /** Of a peer outside; a service of the scenario has its own. */
  readonly latency: Latency | null;
  readonly errors: number;
  /** Share of attempts whose answer is lost on the way, so that they are made again. */
  readonly retries: number;
  readonly backoffMs: number;
  readonly timeoutMs: number;
  readonly line: number;
}

/** Requests of one endpoint told apart by an attribute. */
export interface TrafficKinds {
  readonly attribute: string;
  readonly kinds: readonly TrafficKind[];
}

export interface TrafficKind {
  readonly value: string;
  readonly share: number;
  readonly latencyFactor: number;
}

/** `trouble` is what no document lists. */
export type EventKind = 'binary' | 'flag' | 'config' | 'dependency' | 'schedule' | 'traffic' | 'trouble';

/** A change, or trouble: from when on, whom it meets, and what it does to them. */
export interface Event {
  readonly kind: EventKind;
  readonly id: string;
  /** The service or outside peer it sits on. */
  readonly place: string;
  readonly from: string | null;
  readonly to: string | null;
  /** After the start of post; before it where negative. */
  readonly atMinute: number;
  /** When it was over; null: it stayed. */
  readonly untilMinute: number | null;
  readonly scope: Scope;
  /** Whether the telemetry says who met it. */
  readonly isSeen: boolean;
  readonly effects: readonly Effect[];
  readonly line: number;
}

export type Scope =
  | { readonly kind: 'all' }
  /** Counted from 1, both ends included. */
  | { readonly kind: 'instances'; readonly first: number; readonly last: number }
  | { readonly kind: 'staggered'; readonly everyMinutes: number }
  | { readonly kind: 'requests'; readonly share: number }
  /** Shares by kind of traffic; no others meet it. */
  | { readonly kind: 'kinds'; readonly shares: ReadonlyMap<string, number> };

export const EFFECTS = [
  'latency',
  'errors',
  'retries',
  'backoff',
  'timeout',
  'waits',
  'calls',
  'requests',
  'share',
] as const;

export interface Effect {
  readonly of: (typeof EFFECTS)[number];
  readonly factor: number;
  /** `latency`: only of this slowest share of the requests; 1: of all. */
  readonly slowest: number;
  /** `latency`: how long it grows with the uptime of what does it; null: it is there at once. */
  readonly growsMinutes: number | null;
  /** `share`: of which kind of traffic. */
  readonly trafficKind: string | null;
  /** Only at this endpoint. */
  readonly endpoint: string | null;
  /** Only where this other change was met too. */
  readonly together: string | null;
  readonly line: number;
}

export interface Expectation {
  readonly verdicts: readonly ReportVerdict[];
  readonly suspects: readonly ExpectedSuspect[];
}

export interface ExpectedSuspect {
  readonly change: string;
  readonly verdicts: readonly SuspectVerdict[];
  /** Exactly these, in any order; null: not asked. */
  readonly inseparableFrom: readonly string[] | null;
  /** Where the share has to lie; null: not asked. */
  readonly share: readonly [number, number] | null;
  readonly line: number;
}

const ACCUSATIONS: ReadonlySet<SuspectVerdict> = new Set(['blamed', 'contributing', 'cannot-separate']);

/** Every answer that is right accuses it. */
export function isGuilty({ verdicts }: ExpectedSuspect): boolean {
  return verdicts.every((verdict) => ACCUSATIONS.has(verdict));
}

/** No answer that is right accuses it. */
export function isInnocent({ verdicts }: ExpectedSuspect): boolean {
  return !verdicts.some((verdict) => ACCUSATIONS.has(verdict));
}

import type { QualityFinding } from './quality.ts';
import type { Better } from './upgrade.ts';
import type { Working } from './working.ts';

/** The report of the contract (`postflight/report/v1`). Field names are the wire's; times are RFC 3339. */
export interface Report {
  readonly schema: 'postflight/report/v1';
  readonly upgrade: string;
  readonly verdict: ReportVerdict;
  readonly reason: string;
  /** When the trouble began; null where nothing regressed at a time that could be named. */
  readonly onset: TroubleOnset | null;
  readonly comparisons: readonly Comparison[];
  readonly suspects: readonly Suspect[];
  /** How the regressions of calls came about, as far as attempts, delays and times of retries show it. */
  readonly mechanisms: readonly Mechanism[];
  readonly budgets: readonly Budget[];
  readonly quality: readonly QualityFinding[];
  readonly inputs: Inputs;
  /** How often quiet stretches of the past would have looked regressed; null where the past is too short to say. */
  readonly quiet_past: QuietPast | null;
}

/** The whole report run on stretches of its own baseline as long as post, as if each had been the post window. */
export interface QuietPast {
  readonly windows: number;
  /** In how many of them something would have been called, by intervals and false discovery control alone. */
  readonly alarms: number;
  /** In how many of them the strongest evidence was at least as strong as in post. */
  readonly as_strong: number;
  /** (1 + as strong) / (1 + windows): a move is only called where this is at most 5 %, or none was as strong. */
  readonly p: number;
  /** The same at the hours of post on earlier days or weeks, which have to be beaten too; null below three of them. */
  readonly same_hours: { readonly windows: number; readonly as_strong: number } | null;
}

export type ReportVerdict = 'regressed' | 'improved' | 'no-regression' | 'cannot-tell';
export type ComparisonVerdict = ReportVerdict | 'transient' | 'shifted';
/** How a comparison was made, from the most to the least that the data can allow. */
export const COMPARISON_METHODS = ['concurrent', 'difference-in-differences', 'matched', 'before-after'] as const;
export type ComparisonMethod = (typeof COMPARISON_METHODS)[number];

/** One endpoint x indicator, baseline against post. */
export interface Comparison {
  readonly service: string;
  readonly endpoint: string | null;
  readonly peer: string | null;
  readonly indicator: string;
  readonly unit: string;
  readonly better: Better;
  readonly verdict: ComparisonVerdict;
  readonly baseline: number | null;
  readonly post: number | null;
  readonly effect: Effect | null;
  readonly p: number | null;
  readonly q: number | null;
  readonly method: ComparisonMethod | null;
  /** Baseline and post: independent clusters and requests (samples of a gauge). */
  readonly clusters: readonly [number, number];
  readonly requests: readonly [number, number];
  readonly onset: Onset | null;
  readonly needed: string | null;
  readonly notes: readonly string[];
  /** The indicator over time, for the comparisons that moved; null elsewhere. */
  readonly series: Series | null;
  /** What the numbers above were made of, so that they can be checked by hand; null where there is no estimate. */
  readonly working: Working | null;
  /** What the mix of traffic did beside the effect; null where no kinds of traffic are told apart. */
  readonly mix: Mix | null;
  /** What the accused changes did of the move; null where it did not regress, or none was told apart by its traffic. */
  readonly shares: Shares | null;
  /** Traffic that got worse by more than the rest, what explains most beyond its share first; empty where it did not regress, or everywhere alike. */
  readonly slices: readonly Slice[];
  /** How far slices were looked for; null where it did not regress, or no traffic is told apart. */
  readonly slice_search: SliceSearch | null;
}

/** Traffic with one value of one attribute. */
export interface Slice {
  readonly attribute: string;
  readonly value: string;
  /** Share of the requests of post. */
  readonly traffic: number;
  readonly baseline: number | null;
  readonly post: number | null;
  readonly effect: Effect | null;
  /** Chance that it moved as the rest did, after false-discovery control over all slices of the comparison. */
  readonly q: number;
  /** Explanatory power: its part of the move, 1 being the whole; more than 1 where the rest got better. */
  readonly explains: number;
}

export interface SliceSearch {
  readonly values_tested: number;
  /** Under values that were found worse; 0 where none was. */
  readonly pairs_tested: number;
  readonly pairs: readonly SlicePair[];
  readonly alike: SlicesAlike | null;
}

/** Traffic with two values at once, that got worse by more than either value did without the other. */
export interface SlicePair extends Omit<Slice, 'attribute' | 'value'> {
  readonly values: readonly [SliceValue, SliceValue];
}

export type SliceValue = Pick<Slice, 'attribute' | 'value'>;

/** The regression is everywhere alike: no value moved otherwise than the rest. */
export interface SlicesAlike {
  /** Values that would have shown had they not moved at all, and of which attributes. */
  readonly values: number;
  readonly attributes: readonly string[];
  /** Values with too little traffic for that. */
  readonly untold: number;
  /** A difference to the rest that would have shown at each of those four times in five, in parts of the whole move. */
  readonly smallest_visible: number;
}

/**
 * Parts of a move, 1 being the whole of it: the parts, the mix and what is unexplained add up to 1. The whole is what happened
 * within kinds of traffic; where the mix has a part, it is the move as it came.
 */
export interface Shares {
  readonly parts: readonly Part[];
  /** What the mix of traffic did; null where it moved nothing, or went against the rest. */
  readonly mix: ShareInterval | null;
  readonly unexplained: ShareInterval;
  /** Some combination of the changes never ran beside the others: their effects were added up. */
  readonly additive: boolean;
  /** Accused changes beyond the five largest, whose parts are in what is unexplained. */
  readonly left_out: number;
}

export interface ShareInterval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

export interface Part extends ShareInterval {
  readonly change: string;
}

/**
 * The change as it came, in parts of the effect's kind: within + mix + new_or_vanished = total. The verdict and the effect
 * are about what is within; the effect weighs strata by the baseline's mix, rates here by the mean of both mixes.
 */
export interface Mix {
  /** The attributes that tell strata apart. */
  readonly by: readonly string[];
  /** How many strata were compared, each with itself. */
  readonly strata: number;
  readonly total: number;
  readonly within: number;
  readonly mix: number;
  readonly new_or_vanished: number;
  /** Share of the baseline's traffic whose strata post lacks, and of post's whose strata the baseline lacks. */
  readonly vanished_share: number;
  readonly new_share: number;
}

/** `relative`: post / baseline - 1. `absolute`: post - baseline, in the unit. The margin is of the same kind. */
export interface Effect {
  readonly kind: 'relative' | 'absolute';
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly margin: number;
}

export interface Onset {
  readonly at: string;
  readonly low: string;
  readonly high: string;
}

/** The onset of the comparison named, which has the strongest evidence. */
export interface TroubleOnset extends Onset {
  readonly of: Pick<Comparison, 'service' | 'endpoint' | 'peer' | 'indicator'>;
}

/** One value a step; null where there was no traffic. */
export interface Series {
  readonly start: string;
  readonly stepSeconds: number;
  readonly values: readonly (number | null)[];
}

export type SuspectVerdict = 'blamed' | 'contributing' | 'cleared' | 'cannot-separate' | 'no-evidence';

export interface Suspect {
  readonly rank: number;
  readonly change: string;
  readonly kind: string;
  /** In [0, 1]; ties only within an alias set. */
  readonly score: number;
  readonly verdict: SuspectVerdict;
  /** Share of the regression it explains. */
  readonly share: { readonly estimate: number; readonly low: number; readonly high: number } | null;
  readonly inseparable_from: readonly string[];
  readonly evidence: readonly string[];
  readonly separate_by: string | null;
  /** Where it is accused: a step, and what would be seen after it if the accusation were wrong. */
  readonly falsified_by: string | null;
  /** Levels of one comparison by what traffic met, where it could be told by that; null elsewhere. */
  readonly table: ContrastTable | null;
}

/** One row for each set of changes that traffic met, in the blocks where at least two such sets ran beside each other. */
export interface ContrastTable {
  readonly of: Pick<Comparison, 'service' | 'endpoint' | 'peer' | 'indicator' | 'unit'>;
  readonly blocks: number;
  readonly rows: readonly ContrastRow[];
}

export interface ContrastRow {
  /** Ids of changes; empty for traffic that met none of those that can be seen. */
  readonly met: readonly string[];
  readonly requests: number;
  readonly value: number;
}

/** A way in which a regression came about, shown on the calls of one endpoint (to one peer). */
export interface Mechanism {
  /** A name of the registry: `backoff changed`, `timeout changed`, `retry storm` and so on. */
  readonly mechanism: string;
  readonly service: string;
  readonly endpoint: string | null;
  readonly peer: string | null;
  /** The regressed indicators there that it explains. */
  readonly explains: readonly string[];
  readonly evidence: readonly string[];
  readonly figures: readonly MechanismFigure[];
  /** Ids of the changes whose traffic shows the same against traffic without them in the same blocks. */
  readonly suspects: readonly string[];
}

/** A number before and after; `low` and `high` bound post - baseline, in the unit. */
export interface MechanismFigure {
  readonly name: string;
  readonly unit: string;
  readonly baseline: number | null;
  readonly post: number | null;
  readonly low: number;
  readonly high: number;
}

export interface Budget {
  readonly slo: string;
  readonly objective: number;
  readonly burn: {
    readonly before: number | null;
    readonly after: number | null;
    readonly low: number | null;
    readonly high: number | null;
  };
  readonly remaining: number | null;
  readonly exhausted_at: string | null;
}

/**
 * How the report is read. `final`: once. `live`: again and again while data arrives; its intervals, p and q hold at all looks
 * together, and are wider for it.
 */
export type ReadingKind = 'final' | 'live';

export interface Inputs {
  readonly windows: {
    readonly baseline: readonly InputWindow[];
    readonly window: InputWindow | null;
    readonly post: InputWindow | null;
  };
  /** Points and spans read. */
  readonly points: number;
  readonly digest: string;
  readonly reading: ReadingKind;
  /** Whether the document lists the candidates, or lists none and they were read off the telemetry. */
  readonly changes: ChangesSource;
  /** What the telemetry showed of each inferred candidate; empty where they were stated. */
  readonly inferred: readonly InferredCandidate[];
}

export type ChangesSource = 'stated' | 'inferred';

export interface InferredCandidate {
  readonly change: string;
  /** Start of the block in which it was first seen, and of the one in which the last instance that has it first had it. */
  readonly first: string;
  readonly last: string;
  /** Instances that had it, of those seen since. */
  readonly instances: readonly [number, number];
}

export interface InputWindow {
  readonly start: string;
  readonly end: string;
}

import type { Slo } from '../../domain/slo.ts';
import type { Better, Upgrade } from '../../domain/upgrade.ts';
import type { Estimate, NoEstimate } from '../estimating/estimate.ts';
import type { Calibration } from '../past/calibration.ts';
import type { ResponseMargins } from '../past/placebo.ts';
import type { RowRatio, Sample } from '../sampling/sample.ts';
import type { MixParts } from '../strata/mix.ts';
import type { Subject } from '../subjects.ts';

/** What an indicator may know besides the cells. */
export interface IndicatorContext {
  readonly upgrade: Upgrade;
  readonly slos: readonly Slo[];
}

/** One number to compare on one subject. */
export interface Indicator {
  readonly name: string;
  readonly unit: string;
  readonly better: Better;
  /** Time, or a share of requests that took long; what was sent, again and again; or anything else. */
  readonly about: 'time' | 'attempts' | 'other';
  /** A verdict rests on these; the others are shown beside them. */
  readonly primary: boolean;
  /** Noise grows with this power of the level: 1 for counts, 2 for a gauge. */
  readonly levelPower: number;
  /** A ratio of sums itself, so that its reference can be scaled; a quantile is not. */
  readonly isRatio: boolean;
  /** Which quantile of the pooled histograms it is; absent: it is its response. */
  readonly quantile?: number;
  estimate(sample: Sample, calibration?: Calibration | null): Estimate | NoEstimate;
  /**
   * The indicator as a ratio of sums over rows, so that it can be followed over time and split by exposure. A quantile
   * becomes the share of requests above its baseline value.
   */
  response(sample: Sample): RowRatio | null;
  /** The margins of an estimate in units of the response. */
  responseMargins(sample: Sample, estimate: Estimate): ResponseMargins;
  /**
   * What the mix of strata did to it, the baseline times `levelFactor`. Absent where there is no traffic whose mix could
   * shift: the samples of a gauge are no requests.
   */
  mix?(sample: Sample, levelFactor: number): MixParts | null;
  /** Its value in each step of time, null where there was no traffic. */
  timeline(sample: Sample, steps: Steps): (number | null)[];
}

/** Steps of time: which step a block falls in, -1 outside. */
export interface Steps {
  readonly count: number;
  stepOf(block: number): number;
}

export interface IndicatorKind {
  /** The indicators of this kind that the subject has data for. */
  of(subject: Subject, context: IndicatorContext): Indicator[];
}

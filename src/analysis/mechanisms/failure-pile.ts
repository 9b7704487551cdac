import type { CellSeries, HistogramColumn } from '../../domain/cells.ts';
import { NEITHER } from '../phases.ts';
import { addBuckets, shareAbove } from '../sampling/histogram-sample.ts';
import { type JointLayout, jointLayout } from '../sampling/joint-layout.ts';
import type { RowRatio, Sample } from '../sampling/sample.ts';

/** Timers fire late by scheduling, and buckets of attempts are 4.4 % wide: not more than this part of a timeout. */
const PRECISION = 1.1;
/** Of the attempts that last this long, all but stragglers end here, failed: what a timeout does and a slow answer does not. */
const ENDED_SHARE = 0.9;
/** A pile of fewer failures, or of a smaller part of them, may be chance. */
const FEWEST_FAILURES = 20;
const LEAST_SHARE = 0.1;

/** Where failed attempts pile up. */
export interface Pile {
  readonly seconds: number;
  readonly failures: number;
}

/** The durations of attempts in a sample, failed ones apart, in one layout. */
export class AttemptDurations {
  readonly sample: Sample;
  readonly #layout: JointLayout;
  readonly #failedOf: ReadonlyMap<CellSeries, CellSeries>;

  private constructor(sample: Sample, layout: JointLayout, failedOf: ReadonlyMap<CellSeries, CellSeries>) {
    this.sample = sample;
    this.#layout = layout;
    this.#failedOf = failedOf;
  }

  /** Null where no attempt was seen by itself. */
  static of(original: Sample): AttemptDurations | null {
    const withHistogram = (histogramOf: (one: CellSeries) => HistogramColumn | null) =>
      original.series.map((one): CellSeries => ({ ...one, histogram: histogramOf(one) }));
    const all = withHistogram(({ attemptDetail }) => attemptDetail?.durations.all ?? null);
    const failed = withHistogram(({ attemptDetail }) => attemptDetail?.durations.failed ?? null);
    const layout = jointLayout(all);
    if (layout === null) return null;
    return new AttemptDurations(
      { ...original, series: all, strata: null },
      layout,
      new Map(all.map((one, i) => [one, failed[i]!])),
    );
  }

  /** The largest pile of an arm that attempts do not outlast; null where there is none. */
  pileOf(arm: 0 | 1): Pile | null {
    const { all, failed } = this.#pooled(arm);
    const { bounds } = this.#layout;
    const outlasting = new Float64Array(all.length + 1);
    for (let i = all.length - 1; i >= 0; i--) outlasting[i] = outlasting[i + 1]! + all[i]!;
    const failures = failed.reduce((sum, count) => sum + count, 0);
    let largest: Pile | null = null;
    for (let i = 1; i < bounds.length; i++) {
      if (!(failed[i]! > 0)) continue;
      const seconds = Math.sqrt(bounds[i - 1]! * bounds[i]!);
      let [first, last, inside] = [i, i, failed[i]!];
      while (first > 1 && bounds[first - 2]! >= seconds / PRECISION) inside += failed[--first]!;
      while (last < bounds.length - 1 && bounds[last + 1]! <= seconds * PRECISION) inside += failed[++last]!;
      if (inside < FEWEST_FAILURES || inside < LEAST_SHARE * failures) continue;
      if (inside < ENDED_SHARE * outlasting[first]! || inside <= (largest?.failures ?? 0)) continue;
      largest = { seconds, failures: inside };
    }
    return largest;
  }

  /** Of the failed attempts, the share that lasted about so long. */
  failedNear(seconds: number): RowRatio {
    const from = shareAbove(this.#layout, seconds / PRECISION);
    const beyond = shareAbove(this.#layout, seconds * PRECISION);
    return this.#ofFailed(
      (failed, row) => from.numerator(failed, row) - beyond.numerator(failed, row),
      (failed, row) => from.denominator(failed, row),
    );
  }

  /** Of the attempts that succeeded, the share that lasted longer. */
  succeededBeyond(seconds: number): RowRatio {
    const beyond = shareAbove(this.#layout, seconds * PRECISION);
    const without = (side: RowRatio['numerator']) => (series: CellSeries, row: number) =>
      side(series, row) - side(this.#failedOf.get(series)!, row);
    return { numerator: without(beyond.numerator), denominator: without(beyond.denominator) };
  }

  #ofFailed(numerator: RowRatio['numerator'], denominator: RowRatio['denominator']): RowRatio {
    const failed = (series: CellSeries) => this.#failedOf.get(series)!;
    return {
      numerator: (series, row) => numerator(failed(series), row),
      denominator: (series, row) => denominator(failed(series), row),
    };
  }

  #pooled(arm: 0 | 1): { all: Float64Array; failed: Float64Array } {
    const buckets = this.#layout.bounds.length + 1;
    const pooled = { all: new Float64Array(buckets), failed: new Float64Array(buckets) };
    this.sample.series.forEach((series, index) => {
      const armOf = this.sample.armOf[index]!;
      for (let row = 0; row < armOf.length; row++) {
        if (armOf[row] === NEITHER || armOf[row] !== arm) continue;
        addBuckets(series, row, this.#layout, pooled.all);
        addBuckets(this.#failedOf.get(series)!, row, this.#layout, pooled.failed);
      }
    });
    return pooled;
  }
}

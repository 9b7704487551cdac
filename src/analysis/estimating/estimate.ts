import type { ClusterRatio } from '../../statistics/cluster-ratio.ts';
import { type Interval, moverDifference, moverRatio } from '../../statistics/mover.ts';
import { raoScottInterval } from '../../statistics/rao-scott.ts';
import { satterthwaiteDegrees } from '../../statistics/satterthwaite.ts';
import { studentQuantile } from '../../statistics/student.ts';
import type { Calibration } from '../past/calibration.ts';
import { BASELINE, POST } from '../phases.ts';
import type { RowRatio, Sample } from '../sampling/sample.ts';
import { clusteredRatios } from './clustered-ratios.ts';

/** An effect with everything a decision needs; `effectAt` may be asked at any two-sided level. */
export interface Estimate {
  readonly baseline: number;
  readonly post: number;
  readonly kind: 'relative' | 'absolute';
  readonly effectAt: (level: number) => Interval;
  /** How far up and how far down counts as a move, both positive, of the effect's kind. */
  readonly riseMargin: number;
  readonly fallMargin: number;
  readonly clusters: readonly [number, number];
  readonly requests: readonly [number, number];
  readonly notes: readonly string[];
  readonly arms: readonly [ArmRatio, ArmRatio];
  /** Variance of the effect between one instance a side, where none ran on both; of its logarithm where it is relative. */
  readonly instanceVariance?: number;
}

/** Why there is no estimate, and what would give one. */
export interface NoEstimate {
  readonly because: string;
  readonly needed: string;
  readonly clusters: readonly [number, number];
  readonly requests: readonly [number, number];
  /** The arm that has fewer than two clusters, where that is the reason. */
  readonly thin?: 'baseline' | 'post';
}

export function isEstimate(result: Estimate | NoEstimate): result is Estimate {
  return 'effectAt' in result;
}

/** Margins for a difference: relative to the better side, but never below the floor. */
export interface DifferenceMargin {
  readonly relative: number;
  readonly floor: number;
}

/** One arm's ratio with its interval at any level. */
export interface ArmRatio {
  readonly ratio: number;
  /** With the arm's own degrees of freedom, or those of the effect it is a part of. */
  readonly intervalAt: (level: number, degreesOfFreedom?: number) => Interval;
  readonly degreesOfFreedom: number;
  readonly clusters: number;
  readonly total: number;
  /** NaN where a binomial variance has no meaning. */
  readonly designEffect: number;
}

export interface ArmPair {
  readonly arms: readonly [ArmRatio, ArmRatio];
  readonly clusters: readonly [number, number];
  readonly requests: readonly [number, number];
  /** False where one calibration, or one design effect, gave both arms their variance. */
  readonly independent: boolean;
  readonly notes: readonly string[];
}

/** How a ratio's values are bounded decides its interval. */
export type Support = 'share' | 'positive' | 'any';

/** A ratio in each arm; an arm with fewer than two clusters has no variance and answers null. */
export function estimateArms(
  sample: Sample,
  ratio: RowRatio,
  support: Support,
  calibration: Calibration | null = null,
): ArmPair | NoEstimate {
  const { ratioOf, notes } = clusteredRatios(sample, ratio, calibration);
  const baseline = scaled(armRatio(ratioOf(BASELINE), support), calibration?.levelFactor ?? 1);
  const post = armRatio(ratioOf(POST), support);
  return wholeRequests(armPair([baseline, post], calibration === null, notes), sample);
}

/** Weights leave the requests of an arm as many as they were, but for rounding. */
export function wholeRequests<Result extends ArmPair | NoEstimate>(result: Result, { strata }: Sample): Result {
  if (strata === null) return result;
  const [baseline, post] = result.requests;
  return { ...result, requests: [Math.round(baseline), Math.round(post)] };
}

/** Both arms, or what keeps one from having a variance. */
export function armPair(
  arms: readonly [ArmRatio, ArmRatio],
  independent: boolean,
  notes: readonly string[],
): ArmPair | NoEstimate {
  const clusters = [arms[0].clusters, arms[1].clusters] as const;
  const requests = [arms[0].total, arms[1].total] as const;
  const thin = clusters[0] < 2 ? 'baseline' : clusters[1] < 2 ? 'post' : null;
  if (thin === null) return { arms, clusters, requests, independent, notes };
  const empty = (thin === 'baseline' ? requests[0] : requests[1]) === 0;
  return {
    because: empty ? `no data in the ${thin} window` : withoutVariance(thin),
    needed: `traffic in at least two blocks of the ${thin} window`,
    clusters,
    requests,
    thin,
  };
}

export function withoutVariance(window: 'baseline' | 'post'): string {
  return `one block of data in the ${window} window has no variance`;
}

function armRatio(result: ClusterRatio, support: Support): ArmRatio {
  const { ratio, variance, clusters, total } = result;
  return {
    ratio,
    clusters,
    total,
    designEffect: support === 'any' ? Number.NaN : result.designEffect,
    degreesOfFreedom: result.degreesOfFreedom,
    intervalAt(level, degreesOfFreedom = result.degreesOfFreedom) {
      if (support === 'share' || (support === 'positive' && ratio < 0.5)) {
        return { estimate: ratio, ...raoScottInterval({ ...result, degreesOfFreedom }, level) };
      }
      const reach = studentQuantile((1 + level) / 2, degreesOfFreedom) * Math.sqrt(variance);
      const low = support === 'any' ? ratio - reach : Math.max(0, ratio - reach);
      return { estimate: ratio, low, high: ratio + reach };
    },
  };
}

/** The arm at another level; its interval moves with it. */
function scaled(arm: ArmRatio, factor: number): ArmRatio {
  if (factor === 1) return arm;
  return {
    ...arm,
    ratio: arm.ratio * factor,
    intervalAt(level, degreesOfFreedom) {
      const { estimate, low, high } = arm.intervalAt(level, degreesOfFreedom);
      return { estimate: estimate * factor, low: low * factor, high: high * factor };
    },
  };
}

const REFERENCE_LEVEL = 0.95;

/** Of the two arms' variances together, on the scale of the effect; undefined where each arm keeps its own. */
function effectDegrees({ arms, independent }: ArmPair, scale: (value: number) => number): number | undefined {
  if (!independent) return undefined;
  const degrees = satterthwaiteDegrees(
    arms.map(({ intervalAt, degreesOfFreedom }) => {
      const { low, high } = intervalAt(REFERENCE_LEVEL);
      const reach = (scale(high) - scale(low)) / 2;
      const deviation = reach / studentQuantile((1 + REFERENCE_LEVEL) / 2, degreesOfFreedom);
      return { variance: deviation ** 2, degreesOfFreedom };
    }),
  );
  return Number.isNaN(degrees) ? undefined : degrees;
}

/** Post - baseline by MOVER, with margins that turn round when the arms do. */
export function differenceEstimate(pair: ArmPair, margin: DifferenceMargin, shift = 0): Estimate {
  const [baseline, post] = pair.arms;
  const degrees = effectDegrees(pair, (value) => value);
  return {
    baseline: baseline.ratio + shift,
    post: post.ratio + shift,
    kind: 'absolute',
    effectAt: (level) => moverDifference(baseline.intervalAt(level, degrees), post.intervalAt(level, degrees)),
    riseMargin: Math.max(margin.relative * Math.abs(baseline.ratio + shift), margin.floor),
    fallMargin: Math.max(margin.relative * Math.abs(post.ratio + shift), margin.floor),
    clusters: pair.clusters,
    requests: pair.requests,
    notes: pair.notes,
    arms: pair.arms,
  };
}

/** Post / baseline - 1 by MOVER on logarithms; rising by the margin is undone by falling to 1 / (1 + margin). */
export function relativeEstimate(pair: ArmPair, margin: number): Estimate {
  const [baseline, post] = pair.arms;
  const degrees = effectDegrees(pair, Math.log);
  return {
    baseline: baseline.ratio,
    post: post.ratio,
    kind: 'relative',
    effectAt(level) {
      const { estimate, low, high } = moverRatio(baseline.intervalAt(level, degrees), post.intervalAt(level, degrees));
      return { estimate: estimate - 1, low: low - 1, high: high - 1 };
    },
    riseMargin: margin,
    fallMargin: margin / (1 + margin),
    clusters: pair.clusters,
    requests: pair.requests,
    notes: pair.notes,
    arms: pair.arms,
  };
}

import { normalQuantile } from '../../statistics/normal.ts';
import { studentQuantile } from '../../statistics/student.ts';
import type { ArmPair, ArmRatio } from '../estimating/estimate.ts';
import type { RowRatio, Sample } from '../sampling/sample.ts';
import type { Calibration } from './calibration.ts';
import { constantPast, FEWEST_STRETCHES } from './constant-past.ts';

const SMALLEST_P = 1e-12;

/**
 * The arms with the noise of the past alone, where enough quiet stretches know it. What is asked is how far post lies from
 * what it would have been: only the prediction can be wrong, and how wrong is what quiet stretches show. How unsteady post
 * itself is says nothing against a move; five points at five times the level are no less of one for scattering
 * (Chernozhukov, Wüthrich & Zhu 2021).
 */
export function againstThePast(
  pair: ArmPair,
  sample: Sample,
  level: RowRatio,
  calibration: Calibration | null,
): ArmPair {
  if (calibration === null) return besideAConstant(pair, sample, level);
  if (calibration.windows < FEWEST_STRETCHES) return pair;
  const [baseline, post] = pair.arms;
  const predicted = (arm: ArmRatio): ArmRatio => {
    // At the level that "nothing changed" claims: near a bound, or near zero, a series is steadier than it was.
    const variance = calibration.varianceOf(arm.clusters, arm.total, baseline.ratio);
    return withDeviation(arm, Math.sqrt(variance), calibration.degreesOfFreedom);
  };
  return { ...pair, independent: false, arms: [predicted(baseline), predicted(post)] };
}

function withDeviation(arm: ArmRatio, deviation: number, degrees: number): ArmRatio {
  return {
    ...arm,
    degreesOfFreedom: degrees,
    intervalAt(confidence) {
      const reach = studentQuantile((1 + confidence) / 2, degrees) * deviation;
      return { estimate: arm.ratio, low: arm.ratio - reach, high: arm.ratio + reach };
    },
  };
}

/**
 * A past that never moved has no variance to compare with. What post shows is asked in two ways that share what the answer
 * may err: how likely all blocks that differ from its one value fall into post (Fisher's exact test), and how far the mean
 * of post lies from it in its own noise. The interval is the one that agrees (test-based limits, Miettinen 1976).
 */
function besideAConstant(pair: ArmPair, sample: Sample, level: RowRatio): ArmPair {
  const past = constantPast(sample, level);
  if (past === null || past.differing === 0) return pair;
  const [baseline, post] = pair.arms;
  const byCount = chanceAllInSecond(sample.clusters, past.differing);
  const p = 2 * Math.min(byCount, chanceAcross(post, past.value));
  if (!(p < 0.5)) return pair;
  const deviation = Math.abs(post.ratio - past.value) / -normalQuantile(p);
  return { ...pair, independent: false, arms: [baseline, withDeviation(post, deviation, Number.POSITIVE_INFINITY)] };
}

/** That of all blocks, those that differ happen to lie in the second arm: C(n₁, k)/C(n₀ + n₁, k). */
function chanceAllInSecond([first, second]: readonly [number, number], differing: number): number {
  let chance = 1;
  for (let i = 0; i < differing; i++) chance *= (second - i) / (first + second - i);
  return chance;
}

/** One-sided chance that the arm's ratio lies on the other side of a value: where its interval reaches it. */
function chanceAcross(arm: ArmRatio, value: number): number {
  let [low, high] = [Math.log(SMALLEST_P), Math.log(0.5)];
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    const interval = arm.intervalAt(1 - 2 * Math.exp(middle));
    if (interval.low > value || interval.high < value) high = middle;
    else low = middle;
  }
  return Math.exp(high);
}

import { formatQuantity } from '../../domain/quantities.ts';
import type { MechanismFigure } from '../../domain/report.ts';
import { moverDifference } from '../../statistics/mover.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import type { ArmRatio } from '../estimating/estimate.ts';
import type { ArmNames } from './mechanism.ts';

/** Both arms with the interval of post - baseline, in the figure's unit. */
export function figureOf(name: string, unit: string, [baseline, post]: readonly [ArmRatio, ArmRatio]): MechanismFigure {
  const { low, high } = moverDifference(baseline.intervalAt(CONFIDENCE), post.intervalAt(CONFIDENCE));
  return { name, unit, baseline: baseline.ratio, post: post.ratio, low, high };
}

/** "the median delay before the first retry is 15.1 ms after against 370 ms before (difference −356 ms to −354 ms)". */
export function figureSentence(figure: MechanismFigure, arms: ArmNames): string {
  const { name, unit, baseline, post, low, high } = figure;
  const said = (value: number | null): string => formatQuantity(value, { indicator: name, unit });
  const ends = `difference ${said(low)} to ${said(high)}`;
  return `the ${name} is ${said(post)} ${arms.post} against ${said(baseline)} ${arms.baseline} (${ends})`;
}

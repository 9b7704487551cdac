import { regularizedBeta } from './beta.ts';

/** Chance that Fisher's F, a ratio of two independent variances with so many degrees of freedom, is at least `ratio`. */
export function varianceRatioTail(ratio: number, degreesAbove: number, degreesBelow: number): number {
  if (!(ratio > 0)) return 1;
  return regularizedBeta(degreesBelow / (degreesBelow + degreesAbove * ratio), degreesBelow / 2, degreesAbove / 2);
}

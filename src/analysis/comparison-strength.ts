import type { Comparison } from '../domain/report.ts';

/** How far beyond noise: smaller p first, then the larger effect, in margins so that units do not matter. */
export function strength({ p, effect }: Comparison): number {
  const margins = effect === null ? 0 : Math.abs(effect.estimate) / effect.margin;
  const size = margins > 0 ? 1 - 1 / (1 + margins) : 0;
  return -Math.log10(p ?? 1) + size;
}

/** The whole interval lies beyond the margin on the worse side, and yet it is not called. */
export function looksWorse({ effect, better }: Comparison): boolean {
  if (effect === null) return false;
  return better === 'higher' ? effect.high < -effect.margin : effect.low > effect.margin;
}

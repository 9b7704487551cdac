import type { Estimate } from '../estimating/estimate.ts';
import type { ResponseMargins } from '../past/placebo.ts';

/** Margins in units of the level itself. */
export function marginsOfLevel({ kind, baseline, riseMargin, fallMargin }: Estimate): ResponseMargins {
  const unit = kind === 'relative' ? Math.abs(baseline) : 1;
  return { rise: riseMargin * unit, fall: fallMargin * unit };
}

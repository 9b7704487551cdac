import { formatPercent } from '../../domain/numbers.ts';
import type { Suspect } from '../../domain/report.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';
import { clip, coordinate } from './scale.ts';

/** The share of the regression a suspect explains, as a bar with its interval. */
export function shareBar(share: NonNullable<Suspect['share']>, id: string): Markup {
  const at = (value: number) => coordinate(clip(Number.isFinite(value) ? value * 100 : 0, 0, 100));
  const [low, high] = [at(share.low), at(share.high)];
  const words = `${formatPercent(share.estimate)}, interval ${formatPercent(share.low)} to ${formatPercent(share.high)}`;
  return html`<svg class="share" role="img" aria-labelledby="${id}-title ${id}-desc" width="100%" height="36">
<title id="${id}-title">Share of the regression</title>
<desc id="${id}-desc">${words}</desc>
<rect class="track" x="0" y="4" width="100%" height="12"/><rect class="bar" x="0" y="4" width="${at(share.estimate)}%" height="12"/><line class="whisker" x1="${low}%" x2="${high}%" y1="10" y2="10"/><line class="whisker" x1="${low}%" x2="${low}%" y1="6" y2="14"/><line class="whisker" x1="${high}%" x2="${high}%" y1="6" y2="14"/><text class="tick" x="0" y="32">0%</text><text class="tick" x="50%" y="32" text-anchor="middle">50%</text><text class="tick" x="100%" y="32" text-anchor="end">100%</text>
</svg>`;
}

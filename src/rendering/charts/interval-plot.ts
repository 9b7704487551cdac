import { withSign } from '../../domain/numbers.ts';
import { effectMagnitude, effectWords } from '../../domain/quantities.ts';
import type { Comparison, Effect } from '../../domain/report.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';
import type { Scale } from './scale.ts';
import { clip, coordinate, linearScale } from './scale.ts';

const MARGINS_SHOWN = 4;

function drawable(effect: Effect | null): effect is Effect {
  return effect !== null && [effect.estimate, effect.low, effect.high, effect.margin].every(Number.isFinite);
}

function sentence(effect: Effect, comparison: Comparison): string {
  const words = effectWords(effect, comparison);
  return `Effect ${words.estimate}, interval ${words.low} to ${words.high}, against a margin of ${words.margin}.`;
}

/** An effect as dot and whisker against zero and the margin, with its own axis. */
export function intervalPlot(comparison: Comparison, id: string): Markup | null {
  const { effect } = comparison;
  if (!drawable(effect)) return null;
  const low = Math.min(effect.low, -effect.margin, 0);
  const high = Math.max(effect.high, effect.margin, 0);
  const room = (high / 2 - low / 2) * 0.12;
  const scale = linearScale(low - room, high + room);
  const at = (value: number) => `${coordinate(clip(scale.percent(value), 0, 100))}%`;
  return html`<svg class="interval" role="img" aria-labelledby="${id}-title ${id}-desc" width="100%" height="52">
<title id="${id}-title">Effect against the margin</title>
<desc id="${id}-desc">${sentence(effect, comparison)}</desc>
${zone(scale, effect.margin, 4, 26)}<line class="axis" x1="0" x2="100%" y1="30" y2="30"/><line class="zero" x1="${at(0)}" x2="${at(0)}" y1="4" y2="34"/>${whisker(at(effect.low), at(effect.estimate), at(effect.high), 17)}${intervalLabels(scale, effect, comparison)}
</svg>`;
}

function zone(scale: Scale, margin: number, top: number, height: number): Markup {
  const left = clip(scale.percent(-margin), 0, 100);
  const right = clip(scale.percent(margin), 0, 100);
  return html`<rect class="zone" x="${coordinate(left)}%" y="${top}" width="${coordinate(Math.max(0, right - left))}%" height="${height}"/>`;
}

function whisker(low: string, middle: string, high: string, y: number): Markup {
  return html`<line class="whisker" x1="${low}" x2="${high}" y1="${y}" y2="${y}"/><line class="whisker" x1="${low}" x2="${low}" y1="${y - 4}" y2="${y + 4}"/><line class="whisker" x1="${high}" x2="${high}" y1="${y - 4}" y2="${y + 4}"/><circle class="dot" cx="${middle}" cy="${y}" r="4.5"/>`;
}

/** Labels of zero and both ends of the interval, as far as they keep clear of one another. */
function intervalLabels(scale: Scale, effect: Effect, comparison: Comparison): readonly Markup[] {
  const format = effectMagnitude(effect.kind, comparison);
  const wanted = [
    { value: 0, text: '0' },
    { value: effect.high, text: withSign(effect.high, format) },
    { value: effect.low, text: withSign(effect.low, format) },
  ];
  const placed: number[] = [];
  return wanted.flatMap(({ value, text }) => {
    const percent = clip(scale.percent(value), 0, 100);
    if (placed.some((other) => Math.abs(other - percent) < 18)) return [];
    placed.push(percent);
    const anchor = percent < 8 ? 'start' : percent > 92 ? 'end' : 'middle';
    return [html`<text class="tick" x="${coordinate(percent)}%" y="47" text-anchor="${anchor}">${text}</text>`];
  });
}

/**
 * The same for a row of a table, in units of the margin and with worse to the right, so that rows compare: the zone is
 * one margin to either side, and what lies beyond four margins ends in an arrow.
 */
export function intervalCell(comparison: Comparison): Markup | null {
  const { effect } = comparison;
  if (!drawable(effect) || !(effect.margin > 0)) return null;
  const sign = comparison.better === 'higher' ? -1 : 1;
  const scale = linearScale(-MARGINS_SHOWN, MARGINS_SHOWN);
  const place = (value: number) => clip(scale.percent((sign * value) / effect.margin), 2, 98);
  const [left, right] = [place(effect.low), place(effect.high)].sort((one, other) => one - other) as [number, number];
  const middle = place(effect.estimate);
  return html`<svg class="interval" role="img" aria-label="${sentence(effect, comparison)}" width="120" height="18" viewBox="0 0 100 15"><rect class="zone" x="37.5" y="0" width="25" height="15"/><path class="zero" d="M50 0v15"/><path class="whisker" d="M${coordinate(left)} 7.5H${coordinate(right)}"/>${middle >= 98 ? html`<path class="dot" d="M91 2l8 5.5-8 5.5z"/>` : middle <= 2 ? html`<path class="dot" d="M9 2l-8 5.5 8 5.5z"/>` : html`<circle class="dot" cx="${coordinate(middle)}" cy="7.5" r="3.2"/>`}</svg>`;
}

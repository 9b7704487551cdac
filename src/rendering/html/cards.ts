import { formatCount } from '../../domain/numbers.ts';
import { effectWords, formatQuantity } from '../../domain/quantities.ts';
import type { Comparison, ComparisonVerdict, Inputs } from '../../domain/report.ts';
import { formatDuration } from '../../domain/times.ts';
import { intervalPlot } from '../charts/interval-plot.ts';
import { timeChart } from '../charts/time-chart.ts';
import { certaintyPieces, onsetSentence } from '../evidence.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';
import { binSeries, MOST_CHART_POINTS } from '../series-bins.ts';
import { sharesSentence } from '../shares.ts';
import { slicePhrases } from '../slices.ts';
import { visibleName } from '../visible.ts';
import { JUDGEMENTS, VERDICTS } from '../wording.ts';
import { endpointName, name, pathOf, section } from './names.ts';

const CARD_LIMIT = 24;
const MOVES = new Map<ComparisonVerdict, string>([
  ['shifted', 'shifted: neither better nor worse'],
  ['transient', 'transient: moved and came back'],
]);

/** Comparisons that moved, each with its course over time and its effect against the margin. */
export function movedSection(
  id: string,
  title: string,
  comparisons: readonly Comparison[],
  inputs: Inputs,
): Markup | null {
  if (comparisons.length === 0) return null;
  const cards = comparisons
    .slice(0, CARD_LIMIT)
    .map((comparison, index) => comparisonCard(comparison, inputs, `${id}-${index + 1}`));
  const rest = comparisons.length - cards.length;
  const more =
    rest > 0
      ? html`<p class="small">And ${formatCount(rest)} more, <a href="#all">in the table of all comparisons</a>.</p>`
      : null;
  return section(id, title, formatCount(comparisons.length), html`<div class="cards">${cards}</div>${more}`);
}

function comparisonCard(comparison: Comparison, inputs: Inputs, id: string): Markup {
  const { symbol, tone } = VERDICTS[comparison.verdict];
  const remark = MOVES.get(comparison.verdict);
  const chart = timeChart(comparison, inputs, `${id}-time`);
  const shares = sharesSentence(comparison, visibleName);
  const interval = intervalPlot(comparison, `${id}-effect`);
  return html`<article class="card ${tone}" aria-labelledby="${id}">
<h3 class="subject" id="${id}"><span aria-hidden="true">${symbol}</span> ${endpointName(comparison.endpoint)} <span class="indicator">${name(comparison.indicator)}</span></h3>
<p class="path">${pathOf(comparison)}${remark === undefined ? null : html` · <span class="word">${remark}</span>`}</p>
${figures(comparison)}${since(comparison)}
${chart === null ? null : html`<figure>${chart}${chartCaption(comparison)}</figure>`}
${interval === null ? null : html`<figure>${interval}<figcaption>Effect with its interval; the shaded zone is the margin.</figcaption></figure>`}
<p class="facts">${certaintyPieces(comparison).join(' · ')}</p>
${shares === null ? null : html`<p class="note">${shares}</p>`}
${slicePhrases(comparison, visibleName).map((phrase) => html`<p class="note">${phrase}</p>`)}
${comparison.notes.map((note) => html`<p class="note">${note}</p>`)}
</article>
`;
}

function figures(comparison: Comparison): Markup {
  const { baseline, post, effect, verdict } = comparison;
  const values = html`<span class="values"><span class="nowrap">${formatQuantity(baseline, comparison)}</span> → <span class="nowrap">${formatQuantity(post, comparison)}</span></span>`;
  if (effect === null) return html`<p class="figures">${values}</p>`;
  const words = effectWords(effect, comparison);
  const judgement = JUDGEMENTS.get(verdict) ?? '';
  return html`<p class="figures">${values} <span class="effect nowrap">${words.estimate}${judgement}</span> <span class="interval-words">${words.low} to ${words.high}, margin ${words.margin}</span></p>`;
}

function since(comparison: Comparison): Markup | null {
  return comparison.onset === null ? null : html`<p class="since">Since ${onsetSentence(comparison.onset)}</p>`;
}

function chartCaption(comparison: Comparison): Markup | null {
  const { series } = comparison;
  if (series === null) return null;
  const { stepSeconds } = binSeries(series, MOST_CHART_POINTS);
  const mean = stepSeconds === series.stepSeconds ? '' : 'means of ';
  return html`<figcaption>UTC, ${mean}steps of ${formatDuration(stepSeconds)}; dashed: level of the baseline.</figcaption>`;
}

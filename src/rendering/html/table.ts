import { formatCount, formatProbability } from '../../domain/numbers.ts';
import { effectMagnitude, effectWords, formatQuantity } from '../../domain/quantities.ts';
import type { Comparison, Report } from '../../domain/report.ts';
import { formatTime } from '../../domain/times.ts';
import { intervalCell } from '../charts/interval-plot.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';
import type { ComparisonGroups } from '../overview.ts';
import { methodWords, VERDICTS } from '../wording.ts';
import { endpointName, name, section } from './names.ts';

const ORDER = ['regressed', 'improved', 'shifted', 'transient', 'cannot-tell', 'no-regression'] as const;
const HEADERS = html`<tr><th scope="col">Verdict</th><th scope="col">Endpoint</th><th scope="col">Service</th><th scope="col">Indicator</th><th scope="col" class="number">Before</th><th scope="col" class="number">After</th><th scope="col" class="number">Effect</th><th scope="col">Better ← margin → worse</th><th scope="col" class="number">Would show</th><th scope="col" class="number">q</th><th scope="col">Method</th><th scope="col" class="number">Clusters</th><th scope="col" class="number">Requests</th><th scope="col">Since, notes</th></tr>`;

/** Every comparison of the report, folded away: the reader who wants one of them knows which. */
export function comparisonTable(report: Report, groups: ComparisonGroups): Markup | null {
  if (report.comparisons.length === 0) return null;
  const rows = ORDER.flatMap((verdict) => groups[verdict]).map(row);
  return section(
    'all',
    'All comparisons',
    formatCount(report.comparisons.length),
    html`<details>
<summary>Show the table</summary>
<div class="scroll" role="region" aria-labelledby="all" tabindex="0">
<table>
<caption>The plot is in units of the margin: the shaded zone is one margin to either side, an arrow points beyond four. “Would show” is the smallest move to the worse that would have been seen four times in five.</caption>
<thead>${HEADERS}</thead>
<tbody>
${rows}</tbody>
</table>
</div>
</details>`,
  );
}

function row(comparison: Comparison): Markup {
  const { verdict, clusters, requests, q } = comparison;
  const { symbol, word, tone } = VERDICTS[verdict];
  return html`<tr class="${tone}"><td class="word"><span aria-hidden="true">${symbol}</span> ${word}</td><th scope="row" class="name">${endpointName(comparison.endpoint)}</th><td class="name">${name(comparison.service)}${comparison.peer === null ? null : html` → ${name(comparison.peer)}`}</td><td>${name(comparison.indicator)}</td><td class="number">${formatQuantity(comparison.baseline, comparison)}</td><td class="number">${formatQuantity(comparison.post, comparison)}</td><td class="number">${effectCell(comparison)}</td><td>${intervalCell(comparison)}</td><td class="number">${visibleCell(comparison)}</td><td class="number">${q === null ? '–' : formatProbability(q)}</td><td>${methodWords(comparison)}</td><td class="number">${formatCount(clusters[0])}, ${formatCount(clusters[1])}</td><td class="number">${formatCount(requests[0])}, ${formatCount(requests[1])}</td><td class="words">${remarks(comparison)}</td></tr>
`;
}

function effectCell(comparison: Comparison): Markup {
  if (comparison.effect === null) return html`–`;
  const words = effectWords(comparison.effect, comparison);
  return html`${words.estimate}<br><span class="small">${words.low} to ${words.high}</span>`;
}

/** The smallest move to the worse that would have been seen four times in five. */
function visibleCell(comparison: Comparison): string {
  const { effect, working } = comparison;
  if (effect === null || working === null || working.smallest_visible === null) return '–';
  return effectMagnitude(effect.kind, comparison)(Number(working.smallest_visible.toPrecision(2)));
}

function remarks(comparison: Comparison): string {
  const { onset, needed, notes } = comparison;
  const since = onset === null ? [] : [`Since ${formatTime(onset.at)}.`];
  return [...since, ...(needed === null ? [] : [`Needed: ${needed}.`]), ...notes].join(' ');
}

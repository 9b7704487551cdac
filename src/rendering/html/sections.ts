import { counted, formatCount, formatObjective } from '../../domain/numbers.ts';
import type { Budget, Report } from '../../domain/report.ts';
import { burnInterval, burnTone, exhaustionWords, formatBurn, remainingWords } from '../budgets.ts';
import { candidatesWords, sightingWords } from '../inferred.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';
import { MIX_TITLE, mixWords, movedByMix } from '../mix.ts';
import type { ComparisonGroups } from '../overview.ts';
import { groupUnknown, orderQuality } from '../overview.ts';
import { CANDIDATE_LIMIT, READINGS, SEVERITIES, windowWords } from '../wording.ts';
import { endpointName, name, pathOf, section, tag } from './names.ts';

const EXAMPLES_PER_REASON = 5;
const MIX_LIMIT = 20;

export function budgetSection(report: Report): Markup | null {
  if (report.budgets.length === 0) return null;
  const rows = report.budgets.map((budget) => budgetRow(budget, report));
  return section(
    'budgets',
    'Error budgets',
    null,
    html`<div class="scroll" role="region" aria-labelledby="budgets" tabindex="0"><table>
<thead><tr><th scope="col">Objective</th><th scope="col" class="number">Target</th><th scope="col" class="number">Burn before</th><th scope="col" class="number">Burn after</th><th scope="col" class="number">Budget</th><th scope="col">Runs out</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>
<p class="small">A burn of 1× spends the budget exactly by the end of its period.</p>`,
  );
}

function budgetRow(budget: Budget, report: Report): Markup {
  const interval = burnInterval(budget);
  return html`<tr class="${burnTone(budget)}"><th scope="row" class="name">${name(budget.slo)}</th><td class="number">${formatObjective(budget.objective)}</td><td class="number">${formatBurn(budget.burn.before)}</td><td class="number"><span class="word">${formatBurn(budget.burn.after)}</span>${interval === null ? null : html`<br><span class="small">${interval}</span>`}</td><td class="number">${remainingWords(budget)}</td><td class="words">${exhaustionWords(budget, report)}</td></tr>
`;
}

export function mixSection(groups: ComparisonGroups): Markup | null {
  const moved = movedByMix(groups);
  if (moved.length === 0) return null;
  const items = moved
    .slice(0, MIX_LIMIT)
    .map(
      (comparison) =>
        html`<li>${endpointName(comparison.endpoint)} ${name(comparison.indicator)} <span class="small">(${pathOf(comparison)})</span>: ${mixWords(comparison)}</li>`,
    );
  const rest = moved.length - items.length;
  return section(
    'mix',
    MIX_TITLE,
    formatCount(moved.length),
    html`<div class="card"><ul class="compact">${items}</ul>${rest > 0 ? html`<p class="small">And ${formatCount(rest)} more.</p>` : null}</div>`,
  );
}

export function unknownSection(groups: ComparisonGroups): Markup | null {
  const unknown = groups['cannot-tell'];
  if (unknown.length === 0) return null;
  const items = groupUnknown(unknown).map((group) => {
    const shown = group.comparisons.slice(0, EXAMPLES_PER_REASON);
    const rest = group.comparisons.length - shown.length;
    const names = shown.map(
      (comparison, index) =>
        html`${index === 0 ? null : ', '}${endpointName(comparison.endpoint)} ${name(comparison.indicator)} (${pathOf(comparison)})`,
    );
    return html`<li><strong>${counted(group.comparisons.length, 'comparison')}.</strong> Needed: ${group.needed}${group.varies ? ' (the first; numbers differ)' : null}<br><span class="small">${names}${rest > 0 ? ` and ${formatCount(rest)} more` : null}</span></li>`;
  });
  return section(
    'unknown',
    'What it cannot tell',
    formatCount(unknown.length),
    html`<div class="card"><ul class="compact">${items}</ul></div>`,
  );
}

export function qualitySection(report: Report): Markup | null {
  if (report.quality.length === 0) return null;
  const items = orderQuality(report).map(
    (finding) =>
      html`<li>${tag(SEVERITIES[finding.severity])} <code>${finding.code}</code> ${finding.message}${finding.where === '' ? null : html` <span class="small">${name(finding.where)}</span>`}</li>`,
  );
  return section(
    'quality',
    'Data quality',
    formatCount(report.quality.length),
    html`<div class="card"><ul class="compact">${items}</ul></div>`,
  );
}

export function inputSection(report: Report): Markup {
  const { windows, points, digest, reading } = report.inputs;
  const pairs = [
    ...windows.baseline.map((window) => pair('Before', windowWords(window))),
    ...(windows.window === null ? [] : [pair('Maintenance window', `${windowWords(windows.window)}, not compared`)]),
    ...(windows.post === null ? [] : [pair('After', windowWords(windows.post))]),
    pair('Read', `${formatCount(points)} points and spans`),
    ...(digest === '' ? [] : [html`<dt>Digest</dt><dd><code>${digest}</code></dd>`]),
    ...(READINGS[reading] === null ? [] : [pair('Reading', READINGS[reading])]),
    ...candidatePairs(report),
  ];
  return section('inputs', 'What was read', null, html`<dl class="pairs">${pairs}</dl>`);
}

function candidatePairs({ inputs }: Report): readonly Markup[] {
  const source = candidatesWords(inputs);
  if (source === null) return [];
  const shown = inputs.inferred.slice(0, CANDIDATE_LIMIT);
  const rest = inputs.inferred.length - shown.length;
  const seen = shown.map((one) => html`<br>${name(one.change)} <span class="small">${sightingWords(one)}</span>`);
  return [
    html`<dt>Candidates</dt><dd>${source}${seen}${rest > 0 ? html`<br>and ${formatCount(rest)} more` : null}</dd>`,
  ];
}

function pair(term: string, words: string): Markup {
  return html`<dt>${term}</dt><dd>${words}</dd>`;
}

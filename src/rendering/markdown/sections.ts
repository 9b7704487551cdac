import { counted, formatCount, formatObjective, formatProbability } from '../../domain/numbers.ts';
import { effectWords, formatQuantity } from '../../domain/quantities.ts';
import type { Comparison, Report } from '../../domain/report.ts';
import { formatTime } from '../../domain/times.ts';
import { burnInterval, exhaustionWords, formatBurn, remainingWords } from '../budgets.ts';
import { pastPieces } from '../evidence.ts';
import { candidatesWords, sightingWords } from '../inferred.ts';
import { MIX_TITLE, mixWords, movedByMix } from '../mix.ts';
import type { ComparisonGroups } from '../overview.ts';
import { groupUnknown, orderQuality } from '../overview.ts';
import { withinMarginWords } from '../sensitivity.ts';
import { sharesSentence } from '../shares.ts';
import { slicePhrases } from '../slices.ts';
import { CANDIDATE_LIMIT, methodWords, READINGS, SEVERITIES, VERDICTS, windowWords } from '../wording.ts';
import { markdownSection, moreLine, table } from './blocks.ts';
import { escapeMarkdown, markdownName } from './escape.ts';

const ROW_LIMIT = 50;
const EXAMPLES_PER_REASON = 3;
const QUALITY_LIMIT = 20;
const MIX_LIMIT = 20;
const NOTHING = '–';

export function subjectWords({ service, endpoint, peer }: Pick<Comparison, 'service' | 'endpoint' | 'peer'>): string {
  const place =
    endpoint === null
      ? `${markdownName(service)} (whole service)`
      : `${markdownName(endpoint)} on ${markdownName(service)}`;
  return peer === null ? place : `${place} → ${markdownName(peer)}`;
}

/** Comparisons as a table, their notes below it. */
export function comparisonBlocks(title: string, comparisons: readonly Comparison[]): readonly string[] {
  const shown = comparisons.slice(0, ROW_LIMIT);
  const rest = comparisons.length - shown.length;
  const notes = shown.flatMap((comparison) =>
    [...shareNotes(comparison), ...comparison.notes.map(escapeMarkdown)].map(
      (note) => `- ${subjectWords(comparison)} ${markdownName(comparison.indicator)}: ${note}`,
    ),
  );
  return markdownSection(
    title,
    table(['', 'Where', 'Indicator', 'Before', 'After', 'Effect', 'Since', 'q', 'Method'], shown.map(comparisonCells)),
    moreLine(rest > 0 ? formatCount(rest) : null),
    notes.join('\n'),
  );
}

function shareNotes(comparison: Comparison): string[] {
  const sentence = sharesSentence(comparison, markdownName, escapeMarkdown);
  const slices = slicePhrases(comparison, markdownName, escapeMarkdown);
  return sentence === null ? slices : [sentence, ...slices];
}

function comparisonCells(comparison: Comparison): readonly string[] {
  const { symbol, word } = VERDICTS[comparison.verdict];
  return [
    `${symbol} ${word}`,
    subjectWords(comparison),
    markdownName(comparison.indicator),
    escapeMarkdown(formatQuantity(comparison.baseline, comparison)),
    escapeMarkdown(formatQuantity(comparison.post, comparison)),
    effectCell(comparison),
    comparison.onset === null ? NOTHING : escapeMarkdown(formatTime(comparison.onset.at)),
    comparison.q === null ? NOTHING : escapeMarkdown(formatProbability(comparison.q)),
    [methodWords(comparison), ...pastPieces(comparison)].join(', '),
  ];
}

function effectCell(comparison: Comparison): string {
  if (comparison.effect === null) return NOTHING;
  const words = effectWords(comparison.effect, comparison);
  const interval = escapeMarkdown(`(${words.low} to ${words.high}, margin ${words.margin})`);
  return `**${escapeMarkdown(words.estimate)}** ${interval}`;
}

export function withinMarginBlocks(report: Report, groups: ComparisonGroups): readonly string[] {
  const count = groups['no-regression'].length;
  if (count === 0) return [];
  return [
    `${formatCount(count)} of ${counted(report.comparisons.length, 'comparison')}: ${escapeMarkdown(withinMarginWords(groups))}.`,
  ];
}

export function mixBlocks(groups: ComparisonGroups): readonly string[] {
  const moved = movedByMix(groups);
  const lines = moved
    .slice(0, MIX_LIMIT)
    .map(
      (comparison) =>
        `- ${subjectWords(comparison)} ${markdownName(comparison.indicator)}: ${escapeMarkdown(mixWords(comparison))}`,
    );
  const rest = moved.length - lines.length;
  return markdownSection(MIX_TITLE, lines.join('\n'), moreLine(rest > 0 ? formatCount(rest) : null));
}

export function budgetBlocks(report: Report): readonly string[] {
  const rows = report.budgets.map((budget) => {
    const interval = burnInterval(budget);
    return [
      markdownName(budget.slo),
      formatObjective(budget.objective),
      formatBurn(budget.burn.before),
      `${formatBurn(budget.burn.after)}${interval === null ? '' : ` (${interval})`}`,
      remainingWords(budget),
      escapeMarkdown(exhaustionWords(budget, report)),
    ];
  });
  return markdownSection(
    'Error budgets',
    table(['Objective', 'Target', 'Burn before', 'Burn after', 'Budget', 'Runs out'], rows),
  );
}

export function unknownBlocks(groups: ComparisonGroups): readonly string[] {
  const lines = groupUnknown(groups['cannot-tell']).map((group) => {
    const shown = group.comparisons.slice(0, EXAMPLES_PER_REASON);
    const rest = group.comparisons.length - shown.length;
    const names = shown.map((comparison) => `${subjectWords(comparison)} ${markdownName(comparison.indicator)}`);
    const more = rest > 0 ? `, and ${formatCount(rest)} more` : '';
    const similar = group.varies ? ' (the first; numbers differ)' : '';
    return `- ${counted(group.comparisons.length, 'comparison')}, needed: ${escapeMarkdown(group.needed)}${similar}: ${names.join(', ')}${more}`;
  });
  return markdownSection('What it cannot tell', lines.join('\n'));
}

export function qualityBlocks(report: Report): readonly string[] {
  const rest = report.quality.length - QUALITY_LIMIT;
  const lines = orderQuality(report)
    .slice(0, QUALITY_LIMIT)
    .map((finding) => {
      const where = finding.where === '' ? '' : ` (${escapeMarkdown(finding.where)})`;
      return `- **${SEVERITIES[finding.severity].word}** \`${finding.code}\`: ${escapeMarkdown(finding.message)}${where}`;
    });
  return markdownSection('Data quality', lines.join('\n'), moreLine(rest > 0 ? formatCount(rest) : null));
}

export function inputBlocks(report: Report): readonly string[] {
  const { windows, points, digest, reading } = report.inputs;
  const lines = [
    ...windows.baseline.map((window) => `- before: ${escapeMarkdown(windowWords(window))}`),
    ...(windows.window === null
      ? []
      : [`- maintenance window: ${escapeMarkdown(windowWords(windows.window))}, not compared`]),
    ...(windows.post === null ? [] : [`- after: ${escapeMarkdown(windowWords(windows.post))}`]),
    `- ${formatCount(points)} points and spans`,
    ...(digest === '' ? [] : [`- digest ${markdownName(digest)}`]),
    ...(READINGS[reading] === null ? [] : [`- read ${READINGS[reading]}`]),
    ...candidateLines(report),
  ];
  return markdownSection('What was read', lines.join('\n'));
}

function candidateLines({ inputs }: Report): readonly string[] {
  const source = candidatesWords(inputs);
  if (source === null) return [];
  const shown = inputs.inferred.slice(0, CANDIDATE_LIMIT);
  const rest = inputs.inferred.length - shown.length;
  return [
    `- candidates: ${source}`,
    ...shown.map((one) => `  - ${markdownName(one.change)}, ${escapeMarkdown(sightingWords(one))}`),
    ...(rest > 0 ? [`  - and ${formatCount(rest)} more`] : []),
  ];
}

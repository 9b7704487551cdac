import { counted, formatCount, formatObjective } from '../../domain/numbers.ts';
import type { Report } from '../../domain/report.ts';
import { burnInterval, burnTone, exhaustionWords, formatBurn, remainingWords } from '../budgets.ts';
import { candidatesWords, sightingWords } from '../inferred.ts';
import type { ComparisonGroups } from '../overview.ts';
import { groupUnknown, orderQuality } from '../overview.ts';
import { CANDIDATE_LIMIT, READINGS, SEVERITIES, shortDigest, VERDICTS, windowWords } from '../wording.ts';
import { detail, plain, shortName, subjectSpans } from './comparisons.ts';
import { heading, moreParagraph } from './heading.ts';
import type { Paragraph } from './layout.ts';
import { solid } from './layout.ts';

const GROUP_LIMIT = 8;
const EXAMPLES_PER_GROUP = 3;
const QUALITY_LIMIT = 20;
const BUDGET_LIMIT = 40;

export function budgetParagraphs(report: Report, width: number): readonly Paragraph[] {
  if (report.budgets.length === 0) return [];
  const shown = report.budgets.slice(0, BUDGET_LIMIT).flatMap((budget) => {
    const interval = burnInterval(budget);
    const burn = `${formatBurn(budget.burn.before)} → ${formatBurn(budget.burn.after)}`;
    return [
      {
        indent: 2,
        hang: 4,
        spans: [
          { text: shortName(budget.slo, width, 0.6), tone: 'strong' as const },
          plain(` objective ${formatObjective(budget.objective)}`),
        ],
      },
      detail('burn', [
        { text: solid(burn), tone: burnTone(budget) },
        plain(interval === null ? '' : ` ${solid(`(${interval})`)}`),
      ]),
      detail('budget', [plain(`${solid(remainingWords(budget))}, ${exhaustionWords(budget, report)}`)]),
    ];
  });
  return [...heading('Error budgets'), ...shown, ...moreParagraph(report.budgets.length - BUDGET_LIMIT)];
}

/** What cannot be told, by what would be needed to tell it. */
export function unknownParagraphs(groups: ComparisonGroups, width: number): readonly Paragraph[] {
  const unknown = groups['cannot-tell'];
  if (unknown.length === 0) return [];
  const { symbol, tone } = VERDICTS['cannot-tell'];
  const reasons = groupUnknown(unknown);
  const shown = reasons.slice(0, GROUP_LIMIT).flatMap((group): Paragraph[] => {
    const similar = group.varies ? ', numbers differ' : '';
    const rest = group.comparisons.length - EXAMPLES_PER_GROUP;
    return [
      {
        indent: 0,
        hang: 4,
        spans: [
          { text: symbol, tone },
          plain(` needed: ${group.needed} (${solid(counted(group.comparisons.length, 'comparison'))}${similar})`),
        ],
      },
      ...group.comparisons.slice(0, EXAMPLES_PER_GROUP).map((comparison) => ({
        indent: 4,
        hang: 6,
        spans: subjectSpans(comparison, width),
      })),
      ...(rest > 0 ? [{ indent: 4, hang: 6, spans: [plain(`… and ${formatCount(rest)} more`)] }] : []),
    ];
  });
  return [...heading('What it cannot tell', unknown.length), ...shown, ...moreParagraph(reasons.length - GROUP_LIMIT)];
}

export function qualityParagraphs(report: Report): readonly Paragraph[] {
  if (report.quality.length === 0) return [];
  const shown = orderQuality(report)
    .slice(0, QUALITY_LIMIT)
    .map((finding): Paragraph => {
      const { symbol, word, tone } = SEVERITIES[finding.severity];
      const where = finding.where === '' ? '' : ` [${finding.where}]`;
      return {
        indent: 2,
        hang: 4,
        spans: [
          { text: solid(`${symbol} ${word}`), tone },
          plain(` ${solid(finding.code)}: ${finding.message}`),
          { text: where, tone: 'quiet' },
        ],
      };
    });
  return [...heading('Data quality'), ...shown, ...moreParagraph(report.quality.length - QUALITY_LIMIT)];
}

export function inputParagraphs(report: Report, width: number): readonly Paragraph[] {
  const { windows, points, digest, reading } = report.inputs;
  const read = `${formatCount(points)} points and spans`;
  return [
    ...heading('Read'),
    ...windows.baseline.map((window, index) => input(index === 0 ? 'before' : '', windowWords(window, solid))),
    ...(windows.window === null ? [] : [input('window', `${windowWords(windows.window, solid)}, not compared`)]),
    ...(windows.post === null ? [] : [input('after', windowWords(windows.post, solid))]),
    input('data', digest === '' ? read : `${read}, digest ${solid(shortDigest(digest))}`),
    ...(READINGS[reading] === null ? [] : [input('read', READINGS[reading])]),
    ...candidateParagraphs(report, width),
  ];
}

function candidateParagraphs({ inputs }: Report, width: number): readonly Paragraph[] {
  const source = candidatesWords(inputs);
  if (source === null) return [];
  const shown = inputs.inferred.slice(0, CANDIDATE_LIMIT);
  return [
    input('changes', source),
    ...shown.map((candidate) => input('', `${shortName(candidate.change, width, 0.6)} ${sightingWords(candidate)}`)),
    ...moreParagraph(inputs.inferred.length - shown.length),
  ];
}

function input(label: string, words: string): Paragraph {
  return { ...detail(label, [plain(words)]), indent: 2, hang: 10 };
}

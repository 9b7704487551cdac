import { counted, formatCount } from '../domain/numbers.ts';
import type { Comparison, Report } from '../domain/report.ts';
import { MIX_TITLE, mixWords, movedByMix } from './mix.ts';
import type { ComparisonGroups } from './overview.ts';
import { groupComparisons, verdictCounts } from './overview.ts';
import { quietPastWords } from './quiet-past.ts';
import { withinMarginWords } from './sensitivity.ts';
import {
  comparisonDetails,
  comparisonLine,
  noteParagraphs,
  plain,
  shortName,
  subjectSpans,
} from './text/comparisons.ts';
import { BLANK_LINE, heading, moreParagraph } from './text/heading.ts';
import type { Paragraph } from './text/layout.ts';
import { layOut, solid, usableWidth } from './text/layout.ts';
import { withShortNames } from './text/long-names.ts';
import { mechanismParagraphs } from './text/mechanisms.ts';
import { budgetParagraphs, inputParagraphs, qualityParagraphs, unknownParagraphs } from './text/sections.ts';
import { suspectParagraphs } from './text/suspects.ts';
import { VERDICTS } from './wording.ts';

export interface TextOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colour: boolean;
}

const DETAILED_LIMIT = 12;
const LISTED_LIMIT = 40;
const MIX_LIMIT = 8;

/** The report for a terminal: the verdict first, then what got worse, who did it, and what is not known. */
export function renderText(report: Report, options: TextOptions): string {
  const width = usableWidth(options.width);
  const groups = groupComparisons(report);
  const paragraphs = [
    ...verdictParagraphs(report, groups, width),
    ...detailedSection('What got worse', groups.regressed, width),
    ...suspectParagraphs(report, width),
    ...mechanismParagraphs(report, width),
    ...listedSection('What got better', groups.improved, width),
    ...listedSection('What moved, neither better nor worse', groups.shifted, width),
    ...listedSection('What moved and came back', groups.transient, width),
    ...withinMarginParagraphs(report, groups),
    ...mixParagraphs(groups, width),
    ...budgetParagraphs(report, width),
    ...unknownParagraphs(groups, width),
    ...qualityParagraphs(report),
    ...inputParagraphs(report, width),
  ];
  return layOut(withShortNames(paragraphs, report, width), options);
}

function verdictParagraphs(report: Report, groups: ComparisonGroups, width: number): readonly Paragraph[] {
  const { symbol, word, tone } = VERDICTS[report.verdict];
  const counts = verdictCounts(groups)
    .map(({ verdict, count }) => solid(`${formatCount(count)} ${VERDICTS[verdict].word}`))
    .join(', ');
  const total = solid(counted(report.comparisons.length, 'comparison'));
  const past = quietPastWords(report);
  return [
    {
      indent: 0,
      hang: 2,
      spans: [{ text: solid(`${symbol} ${word.toUpperCase()}`), tone }, plain(`: ${report.reason}`)],
    },
    {
      indent: 2,
      hang: 2,
      spans: [
        plain(`upgrade ${shortName(report.upgrade, width, 0.6)}`),
        { text: ` · ${total}${counts === '' ? '' : `: ${counts}`}`, tone: 'quiet' },
      ],
    },
    ...(past === null ? [] : [{ indent: 2, hang: 2, spans: [{ text: past, tone: 'quiet' as const }] }]),
  ];
}

function detailedSection(title: string, comparisons: readonly Comparison[], width: number): readonly Paragraph[] {
  if (comparisons.length === 0) return [];
  const detailed = comparisons
    .slice(0, DETAILED_LIMIT)
    .flatMap((comparison, index) => [...(index === 0 ? [] : [BLANK_LINE]), ...comparisonDetails(comparison, width)]);
  const listed = comparisons.slice(DETAILED_LIMIT, DETAILED_LIMIT + LISTED_LIMIT);
  return [
    ...heading(title, comparisons.length),
    ...detailed,
    ...(listed.length === 0 ? [] : [BLANK_LINE]),
    ...listed.map((comparison) => comparisonLine(comparison, width)),
    ...moreParagraph(comparisons.length - DETAILED_LIMIT - LISTED_LIMIT),
  ];
}

function listedSection(title: string, comparisons: readonly Comparison[], width: number): readonly Paragraph[] {
  if (comparisons.length === 0) return [];
  const listed = comparisons.slice(0, LISTED_LIMIT);
  return [
    ...heading(title, comparisons.length),
    ...listed.flatMap((comparison) => [comparisonLine(comparison, width), ...noteParagraphs(comparison)]),
    ...moreParagraph(comparisons.length - listed.length),
  ];
}

/** What would have moved beyond its margin, had each kind of traffic not been compared with itself. */
function mixParagraphs(groups: ComparisonGroups, width: number): readonly Paragraph[] {
  const moved = movedByMix(groups);
  if (moved.length === 0) return [];
  const listed = moved.slice(0, MIX_LIMIT).map((comparison): Paragraph => {
    const { symbol, tone } = VERDICTS[comparison.verdict];
    const spans = [{ text: symbol, tone }, plain(' '), ...subjectSpans(comparison, width)];
    return { indent: 0, hang: 4, spans: [...spans, plain(`: ${mixWords(comparison)}`)] };
  });
  return [...heading(MIX_TITLE, moved.length), ...listed, ...moreParagraph(moved.length - MIX_LIMIT)];
}

function withinMarginParagraphs(report: Report, groups: ComparisonGroups): readonly Paragraph[] {
  const count = groups['no-regression'].length;
  if (count === 0) return [];
  const total = counted(report.comparisons.length, 'comparison');
  const { symbol, tone } = VERDICTS['no-regression'];
  const sentence = `${formatCount(count)} of ${total}: ${withinMarginWords(groups)}.`;
  return [BLANK_LINE, { indent: 0, hang: 4, spans: [{ text: symbol, tone }, plain(` ${sentence}`)] }];
}

import { formatNumber, formatPercent } from '../../domain/numbers.ts';
import type { Report, Suspect } from '../../domain/report.ts';
import { levelsLine } from '../levels.ts';
import type { AliasSet } from '../overview.ts';
import { groupSuspects } from '../overview.ts';
import { visible, visibleName } from '../visible.ts';
import { NOBODY_NAMED, SUSPECT_VERDICTS, suspectsTitle } from '../wording.ts';
import { detail, plain, shortName } from './comparisons.ts';
import { heading, moreParagraph } from './heading.ts';
import type { Paragraph, Span } from './layout.ts';
import { solid } from './layout.ts';

const COMPACT_LIMIT = 30;

/** Who did it: the accused with their evidence, then who cannot be told apart, then everyone cleared in short. */
export function suspectParagraphs(report: Report, width: number): readonly Paragraph[] {
  const groups = groupSuspects(report.suspects);
  const title = suspectsTitle(report);
  if (report.suspects.length === 0) {
    if (report.verdict !== 'regressed') return [];
    return [...heading(title), line(2, [plain(NOBODY_NAMED)])];
  }
  return [
    ...heading(title),
    ...groups.accused.flatMap((suspect) => accusedParagraphs(suspect, width)),
    ...groups.inseparable.flatMap((set) => aliasParagraphs(set, width)),
    ...compactParagraphs('cleared', groups.cleared, width),
    ...compactParagraphs('no-evidence', groups.withoutEvidence, width),
  ];
}

function line(hang: number, spans: readonly Span[]): Paragraph {
  return { indent: 0, hang, spans };
}

function badge(verdict: Suspect['verdict']): Span {
  const { symbol, word, tone } = SUSPECT_VERDICTS[verdict];
  return { text: solid(`${symbol} ${word.toUpperCase()}`), tone };
}

function nameSpans(suspect: Suspect, width: number): readonly Span[] {
  return [
    { text: shortName(suspect.change, width, 0.6), tone: 'strong' },
    plain(` (${shortName(suspect.kind, width, 0.3)})`),
  ];
}

function accusedParagraphs(suspect: Suspect, width: number): readonly Paragraph[] {
  const rank = { text: solid(`${formatNumber(suspect.rank)}. `), tone: 'strong' as const };
  return [
    line(4, [rank, badge(suspect.verdict), plain(': '), ...nameSpans(suspect, width)]),
    ...shareParagraphs(suspect),
    ...suspect.evidence.map((sentence, index) => detail(index === 0 ? 'why' : 'and', [plain(sentence)])),
    ...levelParagraphs(suspect),
    ...(suspect.inseparable_from.length > 0 ? [detail('same as', [plain(nameList(suspect.inseparable_from))])] : []),
    ...(suspect.separate_by === null ? [] : [detail('to know', [plain(suspect.separate_by)])]),
    ...(suspect.falsified_by === null ? [] : [detail('to test', [plain(suspect.falsified_by)])]),
  ];
}

function levelParagraphs({ table }: Suspect): readonly Paragraph[] {
  return table === null ? [] : [detail('levels', [plain(levelsLine(table, { name: visibleName, text: visible }))])];
}

function shareParagraphs(suspect: Suspect): readonly Paragraph[] {
  const score = solid(`score ${formatNumber(suspect.score, 2)}`);
  if (suspect.share === null) return [detail('share', [plain(`not known, ${score}`)])];
  const { estimate, low, high } = suspect.share;
  const interval = `(${formatPercent(low)} to ${formatPercent(high)})`;
  return [
    detail('share', [plain(`explains ${formatPercent(estimate)} of the regression ${solid(interval)}, ${score}`)]),
  ];
}

function nameList(names: readonly string[]): string {
  return names.map((name) => solid(visibleName(name))).join(', ');
}

function aliasParagraphs(set: AliasSet, width: number): readonly Paragraph[] {
  const names = set.members.flatMap((member, index) => [plain(index === 0 ? ': ' : ', '), ...nameSpans(member, width)]);
  return [
    line(4, [badge('cannot-separate'), ...names]),
    ...(set.others.length > 0 ? [detail('same as', [plain(nameList(set.others))])] : []),
    ...set.evidence.map((sentence, index) => detail(index === 0 ? 'why' : 'and', [plain(sentence)])),
    ...set.separateBy.map((sentence) => detail('to know', [plain(sentence)])),
  ];
}

function compactParagraphs(
  verdict: Suspect['verdict'],
  suspects: readonly Suspect[],
  width: number,
): readonly Paragraph[] {
  if (suspects.length === 0) return [];
  const shown = suspects.slice(0, COMPACT_LIMIT).map((suspect) => {
    const sentences = suspect.evidence.length === 0 ? [] : [plain(`: ${suspect.evidence.join(' ')}`)];
    return { indent: 4, hang: 6, spans: [...nameSpans(suspect, width), ...sentences] };
  });
  return [
    line(4, [badge(verdict), plain(` (${formatNumber(suspects.length)})`)]),
    ...shown,
    ...moreParagraph(suspects.length - shown.length),
  ];
}

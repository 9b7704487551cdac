import { formatCount, formatNumber, formatPercent } from '../../domain/numbers.ts';
import type { Report, Suspect } from '../../domain/report.ts';
import { levelsLine } from '../levels.ts';
import type { AliasSet } from '../overview.ts';
import { groupSuspects } from '../overview.ts';
import { NOBODY_NAMED, SUSPECT_VERDICTS, suspectsTitle } from '../wording.ts';
import { markdownSection } from './blocks.ts';
import { escapeMarkdown, markdownLine, markdownName } from './escape.ts';

export function suspectBlocks(report: Report): readonly string[] {
  const title = suspectsTitle(report);
  if (report.suspects.length === 0) {
    const nobody = report.verdict === 'regressed' ? NOBODY_NAMED : '';
    return markdownSection(title, nobody);
  }
  const groups = groupSuspects(report.suspects);
  return markdownSection(
    title,
    ...groups.accused.map(accusedBlock),
    ...groups.inseparable.map(aliasBlock),
    compactBlock('cleared', groups.cleared),
    compactBlock('no-evidence', groups.withoutEvidence),
  );
}

function badge(verdict: Suspect['verdict']): string {
  const { symbol, word } = SUSPECT_VERDICTS[verdict];
  return `${symbol} **${word}**`;
}

function titled(suspect: Suspect): string {
  return `${markdownName(suspect.change)} (${escapeMarkdown(suspect.kind)})`;
}

function accusedBlock(suspect: Suspect): string {
  const { share } = suspect;
  const explains =
    share === null
      ? 'the share it explains is not known'
      : `explains ${formatPercent(share.estimate)} of the regression (${formatPercent(share.low)} to ${formatPercent(share.high)})`;
  const head = `**${formatCount(suspect.rank)}.** ${badge(suspect.verdict)}: ${titled(suspect)}, ${explains}, score ${formatNumber(suspect.score, 2)}`;
  const apart =
    suspect.inseparable_from.length === 0 ? [] : [`Cannot be told apart from ${names(suspect.inseparable_from)}.`];
  const separate = suspect.separate_by === null ? [] : [`To know: ${escapeMarkdown(suspect.separate_by)}`];
  const test = suspect.falsified_by === null ? [] : [`To test it: ${escapeMarkdown(suspect.falsified_by)}`];
  const levels =
    suspect.table === null
      ? []
      : [`Levels: ${levelsLine(suspect.table, { name: markdownName, text: escapeMarkdown })}.`];
  return [head, '', ...bullets([...suspect.evidence.map(markdownLine), ...levels, ...apart, ...separate, ...test])]
    .join('\n')
    .trimEnd();
}

function aliasBlock(set: AliasSet): string {
  const head = `${badge('cannot-separate')}: ${set.members.map(titled).join(', ')}`;
  const others = set.others.length === 0 ? [] : [`Cannot be told apart from ${names(set.others)}.`];
  const steps = set.separateBy.map((step) => `To tell them apart: ${escapeMarkdown(step)}`);
  return [head, '', ...bullets([...set.evidence.map(markdownLine), ...others, ...steps])].join('\n').trimEnd();
}

function names(changes: readonly string[]): string {
  return changes.map(markdownName).join(', ');
}

function bullets(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `- ${line}`);
}

function compactBlock(verdict: Suspect['verdict'], suspects: readonly Suspect[]): string {
  if (suspects.length === 0) return '';
  const lines = suspects.map((suspect) => {
    const evidence = suspect.evidence.map(escapeMarkdown).join(' ');
    return evidence === '' ? titled(suspect) : `${titled(suspect)}: ${evidence}`;
  });
  return [badge(verdict), '', ...bullets(lines)].join('\n');
}

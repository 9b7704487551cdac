import { formatCount } from '../../domain/numbers.ts';
import type { Mechanism, Report } from '../../domain/report.ts';
import { figureWords, MECHANISMS_TITLE } from '../mechanisms.ts';
import { capitalised } from '../wording.ts';
import { markdownSection, moreLine } from './blocks.ts';
import { escapeMarkdown, markdownLine, markdownName } from './escape.ts';
import { subjectWords } from './sections.ts';

const LIMIT = 20;

export function mechanismBlocks({ mechanisms }: Report): readonly string[] {
  const rest = mechanisms.length - LIMIT;
  return markdownSection(
    MECHANISMS_TITLE,
    ...mechanisms.slice(0, LIMIT).map(blockOf),
    moreLine(rest > 0 ? formatCount(rest) : null),
  );
}

function blockOf(mechanism: Mechanism): string {
  const { evidence, figures, explains } = mechanism;
  const head = `**${markdownLine(capitalised(mechanism.mechanism))}**: ${subjectWords(mechanism)}`;
  const lines = [
    ...evidence.map(markdownLine),
    ...figures.map((figure) => `${markdownLine(capitalised(figure.name))}: ${escapeMarkdown(figureWords(figure))}`),
    ...(explains.length === 0 ? [] : [`Explains ${explains.map(markdownName).join(', ')}`]),
  ];
  return [head, '', ...lines.map((line) => `- ${line}`)].join('\n').trimEnd();
}

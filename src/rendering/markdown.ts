import type { Report } from '../domain/report.ts';
import { markdownLine, markdownName } from './markdown/escape.ts';
import { mechanismBlocks } from './markdown/mechanisms.ts';
import {
  budgetBlocks,
  comparisonBlocks,
  inputBlocks,
  mixBlocks,
  qualityBlocks,
  unknownBlocks,
  withinMarginBlocks,
} from './markdown/sections.ts';
import { suspectBlocks } from './markdown/suspects.ts';
import { groupComparisons } from './overview.ts';
import { quietPastWords } from './quiet-past.ts';
import { capitalised, VERDICTS } from './wording.ts';

/** The report for a pull request or an incident document (GitHub-flavoured Markdown, no HTML). */
export function renderMarkdown(report: Report): string {
  const groups = groupComparisons(report);
  const { symbol, word } = VERDICTS[report.verdict];
  const blocks = [
    `# ${symbol} ${capitalised(word)}: ${markdownName(report.upgrade)}`,
    markdownLine(report.reason),
    capitalised(quietPastWords(report) ?? ''),
    ...comparisonBlocks('What got worse', groups.regressed),
    ...suspectBlocks(report),
    ...mechanismBlocks(report),
    ...comparisonBlocks('What got better', groups.improved),
    ...comparisonBlocks('What else moved', [...groups.shifted, ...groups.transient]),
    ...withinMarginBlocks(report, groups),
    ...mixBlocks(groups),
    ...budgetBlocks(report),
    ...unknownBlocks(groups),
    ...qualityBlocks(report),
    ...inputBlocks(report),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

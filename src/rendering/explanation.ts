import type { Comparison, ComparisonMethod, Report } from '../domain/report.ts';
import { armSentences, methodSentences } from './explanation/arms.ts';
import { conclusionSentences } from './explanation/conclusion.ts';
import { effectSentences } from './explanation/effect.ts';
import { marginSentences } from './explanation/margin.ts';
import { chanceSentences, pastSentences, sinceSentence, visibleSentences } from './explanation/sureness.ts';
import { mixSentences } from './mix.ts';
import { quietPastWords } from './quiet-past.ts';
import { detail, noteParagraphs, plain, shortName, subjectSpans } from './text/comparisons.ts';
import type { Paragraph } from './text/layout.ts';
import { layOut, solid, usableWidth } from './text/layout.ts';
import { withShortNames } from './text/long-names.ts';
import type { TextOptions } from './text.ts';
import { capitalised, VERDICTS } from './wording.ts';

const TIME_ARMS = ['before', 'after'] as const;
const ARM_LABELS: ReadonlyMap<ComparisonMethod, readonly [string, string]> = new Map([
  ['concurrent', ['without', 'with']],
]);

/** The working of one comparison, in the order a person would check it by hand, the verdict as its consequence. */
export function renderExplanation(comparison: Comparison, report: Report, options: TextOptions): string {
  const [first, second] = (comparison.method === null ? null : ARM_LABELS.get(comparison.method)) ?? TIME_ARMS;
  const { tone } = VERDICTS[comparison.verdict];
  const width = usableWidth(options.width);
  const paragraphs = [
    ...titleParagraphs(comparison, report, width),
    step('how', methodSentences(comparison, report)),
    ...noteParagraphs(comparison),
    step(first, armSentences(comparison, 0)),
    step(second, armSentences(comparison, 1)),
    step('effect', effectSentences(comparison)),
    ...(comparison.mix === null ? [] : [step('mix', mixSentences(comparison))]),
    step('margin', marginSentences(comparison)),
    step('chance', chanceSentences(comparison, report)),
    step('past', pastSentences(comparison)),
    ...quietPastSteps(report),
    step('visible', visibleSentences(comparison)),
    step('since', sinceSentence(comparison)),
    detail('so', [{ text: conclusionSentences(comparison), tone }]),
  ];
  return layOut(withShortNames(paragraphs, report, width), options);
}

/** The same of the whole report, where its past is long enough. */
function quietPastSteps(report: Report): readonly Paragraph[] {
  const words = quietPastWords(report);
  return words === null ? [] : [step('report', `${capitalised(words)}.`)];
}

function step(label: string, sentences: string): Paragraph {
  return detail(label, [plain(sentences)]);
}

function titleParagraphs(comparison: Comparison, report: Report, width: number): readonly Paragraph[] {
  const { symbol, word, tone } = VERDICTS[comparison.verdict];
  const badge = { text: solid(`${symbol} ${word.toUpperCase()}`), tone };
  return [
    { indent: 0, hang: 2, spans: [badge, plain(': '), ...subjectSpans(comparison, width)] },
    { indent: 2, hang: 2, spans: [{ text: `upgrade ${shortName(report.upgrade, width, 0.6)}`, tone: 'quiet' }] },
  ];
}

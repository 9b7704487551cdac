import { effectWords, formatQuantity } from '../../domain/quantities.ts';
import type { Comparison } from '../../domain/report.ts';
import { formatSpan } from '../../domain/times.ts';
import { certaintyPieces, onsetSentence } from '../evidence.ts';
import { binSeries, seriesExtent, seriesSpan } from '../series-bins.ts';
import { sharesSentence } from '../shares.ts';
import { slicePhrases } from '../slices.ts';
import { visibleName } from '../visible.ts';
import { JUDGEMENTS, VERDICTS } from '../wording.ts';
import type { Paragraph, Span } from './layout.ts';
import { solid, truncateMiddle } from './layout.ts';
import { sparkline } from './sparkline.ts';

const DETAIL_INDENT = 4;
const LABEL_COLUMNS = 8;
const SPARKLINE_CHARACTERS = 48;

export function plain(text: string): Span {
  return { text, tone: 'plain' };
}

/** `label  words…`, the label in a column of its own, indented under a heading. */
export function detail(label: string, spans: readonly Span[]): Paragraph {
  const padded = { text: solid(label.padEnd(LABEL_COLUMNS)), tone: 'quiet' as const };
  return { indent: DETAIL_INDENT, hang: DETAIL_INDENT + LABEL_COLUMNS, spans: [padded, ...spans] };
}

/** A name on one line, cut in the middle where it would take more than that share of the width. */
export function shortName(name: string, width: number, share: number): string {
  return solid(truncateMiddle(visibleName(name), Math.max(8, Math.floor(width * share))));
}

/** Service, endpoint, peer and indicator of a comparison. */
export function subjectSpans(comparison: Comparison, width: number): Span[] {
  const { service, endpoint, peer, indicator } = comparison;
  const spans: Span[] = [
    { text: shortName(service, width, 0.3), tone: 'plain' },
    plain(' · '),
    endpoint === null
      ? { text: '(whole service)', tone: 'quiet' }
      : { text: shortName(endpoint, width, 0.5), tone: 'strong' },
  ];
  if (peer !== null) spans.push(plain(` ${solid('→ ')}`), plain(shortName(peer, width, 0.4)));
  spans.push(plain(' · '), { text: shortName(indicator, width, 0.4), tone: 'strong' });
  return spans;
}

/** One comparison on a line or two: the change in numbers, without how it is known. */
export function comparisonLine(comparison: Comparison, width: number): Paragraph {
  const { symbol, tone } = VERDICTS[comparison.verdict];
  return {
    indent: 0,
    hang: DETAIL_INDENT,
    spans: [
      { text: symbol, tone },
      plain(' '),
      ...subjectSpans(comparison, width),
      plain(': '),
      ...changeSpans(comparison),
      ...intervalSpans(comparison),
    ],
  };
}

function changeSpans(comparison: Comparison): Span[] {
  const { baseline, post, effect, verdict } = comparison;
  const from = formatQuantity(baseline, comparison);
  const to = formatQuantity(post, comparison);
  if (effect === null) return [plain(solid(`${from} → ${to}`))];
  const judged = `${effectWords(effect, comparison).estimate}${JUDGEMENTS.get(verdict) ?? ''}`;
  return [plain(`${solid(`${from} → ${to}`)}, `), { text: solid(judged), tone: VERDICTS[verdict].tone }];
}

/** One comparison with everything that says how sure it is. */
export function comparisonDetails(comparison: Comparison, width: number): readonly Paragraph[] {
  const { symbol, tone } = VERDICTS[comparison.verdict];
  return [
    {
      indent: 0,
      hang: DETAIL_INDENT,
      spans: [{ text: symbol, tone }, plain(' '), ...subjectSpans(comparison, width)],
    },
    detail('change', [...changeSpans(comparison), ...intervalSpans(comparison)]),
    ...onsetParagraphs(comparison),
    detail('sure', [plain(certaintyPieces(comparison).map(solid).join(' · '))]),
    ...trendParagraphs(comparison, width),
    ...shareParagraphs(comparison, width),
    ...sliceParagraphs(comparison, width),
    ...noteParagraphs(comparison),
  ];
}

function shareParagraphs(comparison: Comparison, width: number): Paragraph[] {
  const sentence = sharesSentence(comparison, (change) => shortName(change, width, 0.4));
  return sentence === null ? [] : [detail('shares', [plain(sentence)])];
}

function sliceParagraphs(comparison: Comparison, width: number): Paragraph[] {
  return slicePhrases(comparison, (one) => shortName(one, width, 0.4)).map((phrase) =>
    detail('where', [plain(phrase)]),
  );
}

export function noteParagraphs(comparison: Comparison): readonly Paragraph[] {
  return comparison.notes.map((note) => detail('note', [plain(note)]));
}

function intervalSpans(comparison: Comparison): Span[] {
  if (comparison.effect === null) return [];
  const words = effectWords(comparison.effect, comparison);
  return [plain(` ${solid(`(${words.low} to ${words.high}`)}, ${solid(`margin ${words.margin}`)})`)];
}

function onsetParagraphs(comparison: Comparison): Paragraph[] {
  return comparison.onset === null ? [] : [detail('since', [plain(onsetSentence(comparison.onset))])];
}

function trendParagraphs(comparison: Comparison, width: number): Paragraph[] {
  const { series } = comparison;
  if (series === null) return [];
  const room = width - DETAIL_INDENT - LABEL_COLUMNS;
  const characters = Math.max(8, Math.min(SPARKLINE_CHARACTERS, room));
  const line = sparkline(series, characters);
  const extent = seriesExtent(binSeries(series, characters).values);
  if (line === null || extent === null) return [];
  const lowest = formatQuantity(extent.lowest, comparison);
  const highest = formatQuantity(extent.highest, comparison);
  const range = lowest === highest ? lowest : `${lowest} to ${highest}`;
  const span = seriesSpan(series);
  const when = span === null ? '' : `, from ${formatSpan(span.startMs, span.endMs)}`;
  return [
    detail('trend', [{ text: solid(line), tone: VERDICTS[comparison.verdict].tone }, plain(` ${solid(range)}${when}`)]),
  ];
}

import picocolors from 'picocolors';
import stringWidth from 'string-width';
import { visible } from '../visible.ts';
import type { Tone } from '../wording.ts';

export interface Span {
  readonly text: string;
  readonly tone: Tone | 'strong' | 'plain';
}

/** One paragraph: the first line starts at `indent`, the following ones at `hang`. No spans: an empty line. */
export interface Paragraph {
  readonly indent: number;
  readonly hang: number;
  readonly spans: readonly Span[];
}

type Line = Span[];
type Painter = Record<Span['tone'], (text: string) => string>;

const NO_BREAK = '\u00a0';
const SMALLEST_WIDTH = 24;
const LARGEST_WIDTH = 1000;
const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });
const PRINTABLE_ASCII = /^[ -~]*$/;

/** Columns a terminal needs for a text without escapes. */
export function columnsOf(text: string): number {
  return PRINTABLE_ASCII.test(text) ? text.length : stringWidth(text);
}

/** A piece that stays on one line: its spaces do not break. Hostile characters are made visible before that. */
export function solid(text: string): string {
  return visible(text).replaceAll(' ', NO_BREAK);
}

/** At most that many columns, with … in place of the middle: both ends of a route tell it apart. */
export function truncateMiddle(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  const graphemes = [...SEGMENTER.segment(text)].map((segment) => segment.segment);
  const room = Math.max(2, columns - 1);
  const head = takeColumns(graphemes, Math.ceil(room / 2));
  const tail = takeColumns(graphemes.toReversed(), Math.floor(room / 2)).toReversed();
  return `${head.join('')}…${tail.join('')}`;
}

function takeColumns(graphemes: readonly string[], columns: number): string[] {
  const taken: string[] = [];
  let used = 0;
  for (const grapheme of graphemes) {
    used += columnsOf(grapheme);
    if (used > columns) break;
    taken.push(grapheme);
  }
  return taken;
}

/** Paragraphs as lines no wider than `width`; colour is put on last, so that no escape sequence is ever cut. */
export function layOut(paragraphs: readonly Paragraph[], options: { width: number; colour: boolean }): string {
  const width = usableWidth(options.width);
  const painter = painterFor(options.colour);
  const lines = paragraphs.flatMap((paragraph) => wrap(paragraph, width));
  return lines.map((line) => `${paint(line, painter)}\n`).join('');
}

export function usableWidth(width: number): number {
  return Number.isNaN(width) ? 80 : Math.trunc(Math.min(LARGEST_WIDTH, Math.max(SMALLEST_WIDTH, width)));
}

/** Spans cut at their breaking spaces; pieces that touch across spans stay one word. */
function wordsOf(spans: readonly Span[]): Line[] {
  const words: Line[] = [];
  let touching = false;
  for (const span of spans) {
    for (const [index, text] of visible(span.text).split(' ').entries()) {
      if (index > 0) touching = false;
      if (text === '') continue;
      if (touching) words.at(-1)!.push({ text, tone: span.tone });
      else words.push([{ text, tone: span.tone }]);
      touching = true;
    }
  }
  return words;
}

function wrap(paragraph: Paragraph, width: number): Line[] {
  const most = Math.floor(width / 3);
  const hang = Math.min(paragraph.hang, most);
  const words = wordsOf(paragraph.spans).flatMap((word) => splitLongWord(word, width - hang));
  const lines: Line[] = [];
  let line: Line = margin(Math.min(paragraph.indent, most));
  let empty = true;
  for (const word of words) {
    const extended = empty ? [...line, ...word] : [...line, { text: ' ', tone: 'plain' as const }, ...word];
    if (columnsOf(textOf(extended)) <= width) {
      line = extended;
    } else {
      if (!empty) lines.push(line);
      line = [...margin(hang), ...word];
    }
    empty = false;
  }
  lines.push(empty ? [] : line);
  return lines;
}

function margin(columns: number): Line {
  return columns === 0 ? [] : [{ text: ' '.repeat(columns), tone: 'plain' }];
}

function textOf(line: Line): string {
  return line.map((span) => span.text).join('');
}

/** A word wider than a whole line is cut between graphemes. */
function splitLongWord(word: Line, columns: number): Line[] {
  if (columnsOf(textOf(word)) <= columns) return [word];
  const parts: Line[] = [[]];
  let used = 0;
  for (const span of word) {
    for (const { segment } of SEGMENTER.segment(span.text)) {
      const needed = columnsOf(segment);
      if (used + needed > columns) {
        parts.push([]);
        used = 0;
      }
      used += needed;
      appendTo(parts.at(-1)!, segment, span.tone);
    }
  }
  return parts;
}

function appendTo(line: Line, text: string, tone: Span['tone']): void {
  const last = line.at(-1);
  if (last?.tone === tone) line[line.length - 1] = { text: last.text + text, tone };
  else line.push({ text, tone });
}

function paint(line: Line, painter: Painter): string {
  const merged: Line = [];
  for (const [index, span] of line.entries()) {
    const next = line[index + 1];
    const bridging = span.text === ' ' && next?.tone === merged.at(-1)?.tone;
    appendTo(merged, span.text.replaceAll(NO_BREAK, ' '), bridging ? next!.tone : span.tone);
  }
  return merged.map((span) => painter[span.tone](span.text)).join('');
}

function painterFor(colour: boolean): Painter {
  const colours = picocolors.createColors(colour);
  return {
    plain: (text) => text,
    strong: colours.bold,
    worse: colours.red,
    better: colours.green,
    unknown: colours.yellow,
    quiet: colours.dim,
  };
}

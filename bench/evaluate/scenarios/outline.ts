import { AppError } from '../../../src/domain/error.ts';
import { nearestName } from '../../../src/domain/nearest-name.ts';
import { Words } from './words.ts';

/** One line with the lines indented below it. */
export interface Entry {
  readonly text: string;
  readonly line: number;
  readonly below: readonly Entry[];
}

interface OpenEntry extends Entry {
  readonly depth: number;
  readonly below: OpenEntry[];
}

const INDENT = 2;

/** Two spaces a level; `#` begins a comment, blank lines say nothing. */
export function outlineOf(text: string, file: string): Entry[] {
  const root: OpenEntry = { text: '', line: 0, depth: -1, below: [] };
  const path = [root];
  text.split('\n').forEach((raw, index) => {
    const content = raw.replace(/#.*$/, '').trimEnd();
    if (content === '') return;
    const indent = content.length - content.trimStart().length;
    const depth = indent / INDENT;
    while (path.at(-1)!.depth >= depth) path.pop();
    const parent = path.at(-1)!;
    if (content.includes('\t') || depth !== parent.depth + 1) {
      throw new AppError('document', `${indent} spaces begin no level here`, {
        place: `${file}:${index + 1}`,
        remedy: `indent by ${INDENT} spaces a level, without tabs`,
      });
    }
    const entry = { text: content.trim(), line: index + 1, depth, below: [] };
    parent.below.push(entry);
    path.push(entry);
  });
  return root.below;
}

/** The comment a file begins with, as one text. */
export function titleOf(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  return lines
    .slice(0, end < 0 ? lines.length : end)
    .map((line) => line.slice(1).trim())
    .join(' ');
}

/** How the kinds of line that may stand at one place are written and read, by first word. */
export type Forms<Result> = Readonly<
  Record<string, { readonly form: string; readonly read: (words: Words, entry: Entry) => Result }>
>;

/** Reads a line by its first word; any other word is an error that lists what may stand here. */
export function readEntry<Result>(entry: Entry, forms: Forms<Result>, file: string): Result {
  const words: Words = new Words(entry.text, file, entry.line);
  const first = entry.text.split(/[\s,]/, 1)[0]!;
  const known = Object.keys(forms);
  const form = Object.hasOwn(forms, first) ? forms[first] : undefined;
  if (form === undefined) {
    const near = nearestName(first, known);
    const guess = near === null ? '' : `did you mean "${near}"? `;
    words.fail(`"${first}" is not known here`, `${guess}here may stand: ${known.join(', ')}`);
  }
  words.expect(first);
  return form.read(words.withForm(form.form), entry);
}

/** For lines below which nothing may stand. */
export function withoutMore(entry: Entry, file: string): void {
  const [below] = entry.below;
  if (below !== undefined) {
    new Words(below.text, file, below.line).fail(
      `nothing may stand below "${entry.text}"`,
      'indent it less, or leave it out',
    );
  }
}

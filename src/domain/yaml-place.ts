import type { Alias, Document, Scalar } from 'yaml';
import { Composer, isAlias, isMap, isScalar, isSeq, LineCounter, Parser } from 'yaml';
import type { FieldPath, Problem } from './document-problem.ts';
import { documentError, printable, quoted } from './document-problem.ts';

/**
 * One YAML document as mappings (objects without a prototype), lists, text and null. Every scalar is its source text, so
 * `4.10`, `off` and `2026-11-20` stay what the author wrote.
 */
export interface PlacedDocument {
  readonly value: unknown;
  /** The line of a value's key or list entry; where the path ends early, of the last part that exists. */
  lineOf(path: FieldPath): number;
}

const LONGEST = 1_000_000;
const DEEPEST = 64;
/** Values that aliases may add to a document, counted after expansion. */
const MOST_ALIASED = 10_000;

/** The documents of a YAML (or JSON) text that hold something; throws an `AppError` with every fault of the syntax. */
export function readYaml(text: string, place: string): PlacedDocument[] {
  if (text.length > LONGEST) {
    const message = `is longer than ${LONGEST} characters`;
    throw documentError(place, [{ line: 1, path: [], message, remedy: 'check that it is the file you meant' }]);
  }
  const counter = new LineCounter();
  const tokens = [...new Parser(counter.addNewLine).parse(text)];
  const lineAt = (offset: number): number => Math.max(1, counter.linePos(offset).line);

  // Composing recurses by depth, and a stack that overflows inside it can end the process instead of throwing.
  const tooDeep = offsetBeyondDepth(tokens);
  if (tooDeep !== null) throw documentError(place, [depthProblem(lineAt(tooDeep))]);

  const options = { uniqueKeys: false, prettyErrors: false, logLevel: 'silent' } as const;
  const problems: Problem[] = [];
  const documents: PlacedDocument[] = [];
  for (const document of new Composer(options).compose(tokens, true, text.length)) {
    for (const problem of syntaxProblems(document, lineAt)) problems.push(problem);
    if (problems.length > 0) continue;
    const reader = new NodeReader(lineAt);
    const { value } = reader.read(document.contents, []);
    for (const problem of reader.problems) problems.push(problem);
    const rootLine = lineAt(document.contents?.range?.[0] ?? 0);
    if (value !== null) documents.push({ value, lineOf: (path) => reader.lineOf(value, rootLine, path) });
  }
  if (problems.length > 0) throw documentError(place, problems);
  return documents;
}

interface TokenLike {
  readonly offset?: number;
  readonly value?: unknown;
  readonly items?: readonly { readonly key?: unknown; readonly value?: unknown }[];
}

/** Where collections first nest deeper than the limit; null where they do not. Iterative: depth is the question. */
function offsetBeyondDepth(tokens: readonly unknown[]): number | null {
  const open = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (typeof token !== 'object' || token === null) continue;
    const { offset, value, items } = token as TokenLike;
    if (depth > DEEPEST) return offset ?? 0;
    open.push({ token: value, depth });
    for (const item of items ?? []) {
      open.push({ token: item.key, depth: depth + 1 }, { token: item.value, depth: depth + 1 });
    }
  }
  return null;
}

function depthProblem(line: number): Problem {
  return { line, path: [], message: `is nested deeper than ${DEEPEST} levels`, remedy: 'write it flat' };
}

function syntaxProblems(document: Document.Parsed, lineAt: (offset: number) => number): Problem[] {
  return document.errors.map((error) => ({
    line: lineAt(error.pos[0]),
    path: [],
    message: `is not valid YAML: ${printable(error.message)}`,
    remedy: 'correct the syntax on this line or just before it',
  }));
}

interface Read {
  readonly value: unknown;
  /** Values inside, this one included, with aliases expanded. */
  readonly size: number;
}

const NOTHING: Read = { value: null, size: 1 };

/** Turns the nodes of one document into values and remembers their lines. */
class NodeReader {
  readonly problems: Problem[] = [];
  readonly #lines = new Map<object, Map<string | number, number>>();
  readonly #anchors = new Map<string, Read>();
  readonly #lineAt: (offset: number) => number;
  #aliased = 0;

  constructor(lineAt: (offset: number) => number) {
    this.#lineAt = lineAt;
  }

  read(node: unknown, path: FieldPath): Read {
    if (isAlias(node)) return this.#alias(node, path);
    let read = NOTHING;
    if (isScalar(node)) read = { value: textOf(node), size: 1 };
    else if (isMap(node)) read = this.#mapping(node.items, path);
    else if (isSeq(node)) read = this.#list(node.items, path);
    else return NOTHING;
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, read);
    return read;
  }

  lineOf(root: unknown, rootLine: number, path: FieldPath): number {
    let line = rootLine;
    let value = root;
    for (const step of path) {
      if (typeof value !== 'object' || value === null) break;
      const stepLine = this.#lines.get(value)?.get(step);
      if (stepLine === undefined) break;
      line = stepLine;
      value = (value as Record<string | number, unknown>)[step];
    }
    return line;
  }

  #mapping(pairs: readonly { key: unknown; value: unknown }[], path: FieldPath): Read {
    const value: Record<string, unknown> = Object.create(null);
    const lines = new Map<string | number, number>();
    this.#lines.set(value, lines);
    let size = 1;
    for (const pair of pairs) {
      const line = this.#lineOfNode(pair.key);
      const key = this.#key(pair.key, line, path);
      if (key === null) continue;
      const first = lines.get(key);
      if (first !== undefined) {
        const message = `duplicate key ${quoted(key)}, first on line ${first}`;
        this.problems.push({ line, path: [...path, key], message, remedy: 'keep one of the two' });
        continue;
      }
      lines.set(key, line);
      const read = this.read(pair.value, [...path, key]);
      value[key] = read.value;
      size += read.size;
    }
    return { value, size };
  }

  #key(node: unknown, line: number, path: FieldPath): string | null {
    const { value } = this.read(node, path);
    if (typeof value === 'string') return value;
    this.problems.push({ line, path, message: 'has a key that is not text', remedy: 'write keys as plain words' });
    return null;
  }

  #list(items: readonly unknown[], path: FieldPath): Read {
    const value: unknown[] = [];
    const lines = new Map<string | number, number>();
    this.#lines.set(value, lines);
    let size = 1;
    items.forEach((item, index) => {
      lines.set(index, this.#lineOfNode(item));
      const read = this.read(item, [...path, index]);
      value.push(read.value);
      size += read.size;
    });
    return { value, size };
  }

  #alias(node: Alias, path: FieldPath): Read {
    const line = this.#lineOfNode(node);
    const target = this.#anchors.get(node.source);
    if (target === undefined) {
      const message = `the alias *${quoted(node.source).slice(1, -1)} has no anchor before it`;
      this.problems.push({ line, path, message, remedy: 'write the value out' });
      return NOTHING;
    }
    const before = this.#aliased;
    this.#aliased += target.size;
    if (this.#aliased <= MOST_ALIASED) return target;
    if (before <= MOST_ALIASED) {
      const message = `aliases expand to more than ${MOST_ALIASED} values`;
      this.problems.push({ line, path, message, remedy: 'write the values out' });
    }
    return NOTHING;
  }

  #lineOfNode(node: unknown): number {
    const range = (node as { range?: readonly number[] } | null)?.range;
    return this.#lineAt(range?.[0] ?? 0);
  }
}

function textOf(scalar: Scalar): string | null {
  return scalar.value === null ? null : (scalar.source ?? String(scalar.value));
}

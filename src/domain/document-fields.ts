import { z } from 'zod';
import type { Problem } from './document-problem.ts';
import { quoted } from './document-problem.ts';
import { parseDurationMs } from './duration.ts';
import { parseInstantMs } from './instant.ts';
import { nearestName } from './nearest-name.ts';
import type { PlacedDocument } from './yaml-place.ts';

/*
 * Building blocks of the documents people write. Every scalar arrives as text. Where zod itself finds a fault, the issue's
 * message is the remedy (the known keys, for unknown ones); `schemaProblems` words the fault from the value it met.
 */

type RefinementContext = z.core.$RefinementCtx<unknown>;

/** Adds a fault in the document's own terms to what zod reports; `path` is relative to the value being checked. */
export function addFault(
  context: RefinementContext,
  message: string,
  remedy: string,
  path: (string | number)[] = [],
): void {
  context.addIssue({ code: 'custom', message, params: { remedy }, path });
}

/** A mapping with these keys and no others. */
export function mapping<Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, { error: () => Object.keys(shape).join(', ') });
}

/** A mapping that may hold more than the keys read here. */
export function openMapping<Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$loose> {
  return z.looseObject(shape, { error: () => Object.keys(shape).join(', ') });
}

export function listOf<Item extends z.ZodType>(item: Item, example: string): z.ZodArray<Item> {
  return z.array(item, { error: () => `write a list, e.g. ${example}` });
}

/** Text that may be empty. */
export function anyText(example: string): z.ZodString {
  return z.string({ error: () => `write e.g. ${example}` });
}

export function text(example: string): z.ZodString {
  return anyText(example).refine((value) => value.trim() !== '', {
    error: 'must not be empty',
    params: { remedy: `write e.g. ${example}` },
  });
}

/** One of the names; anything else is told which names there are. */
export function choice<Name extends string>(what: string, names: readonly Name[]): z.ZodType<Name> {
  const list = `one of ${names.join(', ')}`;
  return z.string({ error: () => `write ${list}` }).transform((value, context): Name => {
    const found = names.find((name) => name === value);
    if (found !== undefined) return found;
    addFault(context, `unknown ${what} ${quoted(value)}`, `${suggestion(value, names)}it is ${list}`);
    return z.NEVER;
  });
}

export function exactly(expected: string): z.ZodType<string> {
  return z.string({ error: () => `write ${expected}` }).refine((value) => value === expected, {
    error: (issue) => `must be ${quoted(expected)}, not ${quoted(String(issue.input))}`,
    params: { remedy: `write ${expected}` },
  });
}

/** Text that `read` understands; null from it is a fault. */
export function readAs<Value>(what: string, example: string, read: (text: string) => Value | null): z.ZodType<Value> {
  return anyText(example).transform((value, context): Value => {
    const result = read(value);
    if (result !== null) return result;
    addFault(context, `${quoted(value)} is not ${what}`, `write e.g. ${example}`);
    return z.NEVER;
  });
}

/** A time of RFC 3339, in milliseconds since the epoch. */
export const instant: z.ZodType<number> = anyText('2026-11-20T02:00:00Z').transform((value, context): number => {
  const atMs = parseInstantMs(value);
  if (atMs !== null) return atMs;
  if (isTimeWithoutZone(value)) {
    addFault(context, `${quoted(value)} has no time zone`, 'write time and zone, e.g. 2026-11-20T02:00:00Z or …+02:00');
  } else {
    addFault(context, `${quoted(value)} is not an RFC 3339 time`, 'write e.g. 2026-11-20T02:00:00Z');
  }
  return z.NEVER;
});

function isTimeWithoutZone(value: string): boolean {
  const missing = value.length === 10 ? 'T00:00:00Z' : value.length === 16 ? ':00Z' : 'Z';
  return parseInstantMs(value + missing) !== null;
}

/** A length of time, in milliseconds. */
export const duration: z.ZodType<number> = readAs('a duration', '60s, 5m or 1h', parseDurationMs);

/** A decimal number as written; null for anything else. */
export function parseNumber(value: string): number | null {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(value) ? Number(value) : null;
}

/** 99.9 as 0.999, not as the neighbouring number that binary division gives. */
export function fromPercent(percent: number): number {
  return Number((percent / 100).toPrecision(15));
}

/** The issues of a failed decoding in the document's own terms. `at` is where the decoded value stands. */
export function schemaProblems(
  document: PlacedDocument,
  error: z.ZodError,
  at: readonly (string | number)[] = [],
): Problem[] {
  return error.issues.flatMap((issue) => {
    const path = [...at, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))];
    const line = document.lineOf(path);
    if (issue.code === 'unrecognized_keys') {
      const known = issue.message.split(', ');
      return issue.keys.map((key) => unknownKeyProblem(document, [...path, key], key, known));
    }
    if (issue.code === 'custom') {
      return [{ line, path, message: issue.message, remedy: String(issue.params?.remedy ?? '') }];
    }
    const expected = issue.code === 'invalid_type' ? issue.expected : '';
    const isMapping = expected === 'object';
    const remedy = isMapping ? `write a mapping with the keys ${issue.message}` : issue.message;
    return [{ line, path, message: mismatch(expected, valueAt(document.value, path)), remedy }];
  });
}

function unknownKeyProblem(
  document: PlacedDocument,
  path: (string | number)[],
  key: string,
  known: readonly string[],
): Problem {
  const unused = known.filter((name) => valueAt(document.value, [...path.slice(0, -1), name]) === undefined);
  return {
    line: document.lineOf(path),
    path,
    message: `unknown key ${quoted(key)}`,
    remedy: `${suggestion(key, unused)}known keys: ${known.join(', ')}`,
  };
}

function suggestion(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === null ? '' : `did you mean ${quoted(nearest)}? `;
}

function mismatch(expected: string, value: unknown): string {
  if (value === undefined) return 'is missing';
  if (value === null) return 'is empty';
  const wanted = expected === 'object' ? 'a mapping' : expected === 'array' ? 'a list' : 'text';
  return `must be ${wanted}, not ${Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'a mapping' : 'text'}`;
}

/** The value at a path of a document; undefined where there is none. */
export function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

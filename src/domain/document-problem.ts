import { AppError, type Fault } from './error.ts';

/** Where in a document a value stands: keys of mappings and indices of lists, from the top. */
export type FieldPath = readonly (string | number)[];

/** One thing wrong with a document people wrote. */
export interface Problem {
  readonly line: number;
  readonly path: FieldPath;
  readonly message: string;
  readonly remedy: string;
}

const SHOWN_PROBLEMS = 50;
const SHOWN_CHARACTERS = 80;

/**
 * All problems of a document as one error, ordered by line; `place` is that of the first. A single problem keeps message
 * and remedy apart; of several, the message has a line each: place, message and remedy.
 */
export function documentError(place: string, problems: readonly Problem[]): AppError {
  const unlike = new Map(problems.map((problem) => [`${placeOf(place, problem)}: ${problem.message}`, problem]));
  const ordered = [...unlike.values()].sort((a, b) => a.line - b.line);
  const first = ordered[0];
  if (first === undefined) return new AppError('internal', 'an error without a problem', { place });
  const faults = ordered.slice(0, SHOWN_PROBLEMS).map(faultOf);
  const details = { place: placeOf(place, first), faults };
  if (ordered.length === 1) return new AppError('document', first.message, { ...details, remedy: first.remedy });

  const lines = ordered
    .slice(0, SHOWN_PROBLEMS)
    .map((problem) => `${placeOf(place, problem)}: ${problem.message}; ${problem.remedy}`);
  if (ordered.length <= SHOWN_PROBLEMS) {
    return new AppError('document', `${ordered.length} problems:\n${lines.join('\n')}`, details);
  }
  const heading = `the first ${SHOWN_PROBLEMS} of ${ordered.length} problems:`;
  const rest = `and ${ordered.length - SHOWN_PROBLEMS} more`;
  return new AppError('document', [heading, ...lines, rest].join('\n'), details);
}

function faultOf({ line, path, message, remedy }: Problem): Fault {
  const steps = path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`);
  return { pointer: steps.join(''), line, message, remedy };
}

/** `upgrade.yaml:46: spec.slos[0]`. */
export function placeOf(place: string, problem: Pick<Problem, 'line' | 'path'>): string {
  const line = `${place}:${problem.line}`;
  return problem.path.length === 0 ? line : `${line}: ${formatPath(problem.path)}`;
}

/** `spec.changes[1].kid`; keys that are not plain words are quoted: `spec["a b"]`. */
export function formatPath(path: FieldPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!/^[\w-]{1,80}$/.test(step)) text += `[${quoted(step)}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

/** Text of the document inside a message: clipped, in quotes, and without characters that could steer a terminal. */
export function quoted(text: string): string {
  return printable(JSON.stringify(clipped(text)));
}

/** The head of a text that is too long to be shown. */
export function clipped(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

/** Control and direction characters as escapes. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${character.codePointAt(0)!.toString(16)}}`;
  });
}

import { readFile } from 'node:fs/promises';
import { AppError } from '../domain/error.ts';
import type { Comparison, Report } from '../domain/report.ts';
import { decodeReport } from '../domain/report-document.ts';
import { renderExplanation } from '../rendering/explanation.ts';
import { visibleName } from '../rendering/visible.ts';
import { print } from './printing.ts';
import { type Terminal, wantsColour, widthOf } from './terminal.ts';

/** Which comparison: each name whole, or a part that only one has. */
export interface Wanted {
  readonly endpoint?: string | undefined;
  readonly indicator?: string | undefined;
}

const STDIN = '-';
const LISTED = 20;

/** `postflight explain`: a report in, the working of one comparison out. */
export async function explain(
  path: string,
  wanted: Wanted,
  terminal: Terminal,
  stdin: AsyncIterable<Uint8Array | string> = process.stdin,
): Promise<number> {
  const report = decodeReport(await readReport(path, stdin), path === STDIN ? 'stdin' : path);
  const comparison = findComparison(report, wanted);
  const options = { width: widthOf(terminal), colour: wantsColour(terminal) };
  await print(renderExplanation(comparison, report, options), terminal);
  return 0;
}

async function readReport(path: string, stdin: AsyncIterable<Uint8Array | string>): Promise<string> {
  try {
    if (path !== STDIN) return await readFile(path, 'utf8');
    const chunks: Uint8Array[] = [];
    for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString('utf8');
  } catch (cause) {
    const remedy = 'name a report written with: postflight analyze upgrade.yaml -o json';
    const place = path === STDIN ? 'stdin' : path;
    throw new AppError('unreadable', `cannot read ${place}: ${(cause as Error).message}`, { place, remedy, cause });
  }
}

/** The one comparison that is meant; none or several are an error that names what there is. */
export function findComparison(report: Report, { endpoint, indicator }: Wanted): Comparison {
  const { comparisons } = report;
  if (comparisons.length === 0) {
    throw new AppError('usage', 'the report holds no comparison', {
      remedy: 'read its "quality": it says what is missing',
    });
  }
  const there = matching(comparisons, endpoint, endpointTexts);
  if (there.length === 0) throw unclear(`no endpoint matches ${shown(endpoint)}; there are:`, comparisons, placeWords);
  const found = matching(there, indicator, (comparison) => [comparison.indicator]);
  if (found.length === 0) throw unclear(`no indicator there matches ${shown(indicator)}; there are:`, there, names);
  if (found.length === 1) return found[0]!;
  throw unclear(`${found.length} comparisons match; name one of them:`, found, names);
}

/**
 * Those with a text that is exactly the wanted one, in itself or as it is shown; where there are none, those with a text all
 * its words are part of.
 */
function matching(
  comparisons: readonly Comparison[],
  wanted: string | undefined,
  textsOf: (comparison: Comparison) => readonly string[],
): readonly Comparison[] {
  if (wanted === undefined) return comparisons;
  const key = folded(wanted);
  const words = key.split(' ');
  const having = (holds: (text: string) => boolean) =>
    comparisons.filter((comparison) =>
      textsOf(comparison).some((text) => holds(folded(text)) || holds(folded(visibleName(text)))),
    );
  const exact = having((text) => text === key);
  return exact.length > 0 ? exact : having((text) => words.every((word) => text.includes(word)));
}

/** Letter case, spaces and the signs a report puts between names do not count. */
function folded(text: string): string {
  return text
    .replace(/·|→|->/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

function endpointTexts(comparison: Comparison): readonly string[] {
  const { service, endpoint, peer } = comparison;
  const texts = [placeOf(comparison), endpoint ?? service];
  return peer === null ? texts : [...texts, `${endpoint ?? service} → ${peer}`];
}

function placeOf({ service, endpoint, peer }: Comparison): string {
  const place = `${service} · ${endpoint ?? '(whole service)'}`;
  return peer === null ? place : `${place} → ${peer}`;
}

function shown(text: string | undefined): string {
  return `"${visibleName(text ?? '')}"`;
}

function placeWords(comparison: Comparison): string {
  return shown(placeOf(comparison));
}

function names(comparison: Comparison): string {
  return `${placeWords(comparison)} ${shown(comparison.indicator)}`;
}

/** What is listed can be given as it stands there. */
function unclear(
  message: string,
  comparisons: readonly Comparison[],
  lineOf: (comparison: Comparison) => string,
): AppError {
  const lines = [...new Set(comparisons.map(lineOf))];
  const rest = lines.length - LISTED;
  const listed = [...lines.slice(0, LISTED), ...(rest > 0 ? [`… and ${rest} more`] : [])];
  return new AppError('usage', [message, ...listed].join('\n  '), {
    remedy: 'give endpoint and indicator as they stand in the list, in quotes',
  });
}

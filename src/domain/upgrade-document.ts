import { CONFIG_PREFIX, FLAG_PREFIX } from './cells.ts';
import type { ChangeKinds } from './change-kinds.ts';
import { CHANGE_KINDS } from './change-kinds.ts';
import { schemaProblems, valueAt } from './document-fields.ts';
import type { FieldPath, Problem } from './document-problem.ts';
import { documentError, placeOf, quoted } from './document-problem.ts';
import type { AppError } from './error.ts';
import type { Upgrade } from './upgrade.ts';
import { DEFAULT_MARGINS, DEFAULT_RESOLUTION_MS, upgradeSchema, windowField, windowsField } from './upgrade-schema.ts';
import { formatInstant } from './window.ts';
import type { PlacedDocument } from './yaml-place.ts';
import { readYaml } from './yaml-place.ts';

const EXAMPLE_WINDOW = 'window: { start: 2026-11-20T02:00:00Z, end: 2026-11-20T03:00:00Z }';
const standardSchema = upgradeSchema(CHANGE_KINDS);

/**
 * The upgrade document (YAML, or JSON), decoded. Throws an `AppError` of code `document` that tells everything wrong with
 * it, each with file, line and field. `place` is the file's name as the reader knows it.
 */
export function decodeUpgrade(text: string, place: string, kinds: ChangeKinds = CHANGE_KINDS): Upgrade {
  const document = onlyDocument(readYaml(text, place), place);
  const schema = kinds === CHANGE_KINDS ? standardSchema : upgradeSchema(kinds);
  const result = schema.safeParse(document.value);
  const problems = [
    ...(result.success ? [] : schemaProblems(document, result.error)),
    ...timelessProblems(document),
    ...overlapProblems(document),
    ...duplicateProblems(document, ['spec', 'changes'], 'id'),
    ...duplicateProblems(document, ['spec', 'indicators'], 'name'),
    ...strataProblems(document),
  ];
  if (!result.success || problems.length > 0) throw documentError(place, problems);

  const { metadata, spec } = result.data;
  return {
    name: metadata.name,
    window: spec.window ?? null,
    baseline: spec.baseline ?? [],
    post: spec.post ?? null,
    changes: spec.changes ?? [],
    telemetry: spec.telemetry ?? [],
    indicators: spec.indicators ?? [],
    dependencies: spec.dependencies ?? [],
    sloFiles: spec.slos ?? [],
    resolutionMs: spec.resolution ?? DEFAULT_RESOLUTION_MS,
    margins: spec.margins ?? DEFAULT_MARGINS,
    strata: spec.strata ?? [],
    method: spec.method ?? null,
  };
}

export type FieldFault = Omit<Problem, 'line'>;

/** What turns out to be wrong with a document that decodes, when what it names is looked for. */
export function upgradeFaults(text: string, place: string, faults: readonly FieldFault[]): AppError {
  const document = onlyDocument(readYaml(text, place), place);
  const problems = faults.map(({ path, message, remedy }) => problemAt(document, path, message, remedy));
  return documentError(place, problems);
}

/** File, line and name of a field of a document that decodes. */
export function upgradeField(text: string, place: string, path: FieldPath): string {
  return placeOf(place, { line: onlyDocument(readYaml(text, place), place).lineOf(path), path });
}

function onlyDocument(documents: readonly PlacedDocument[], place: string): PlacedDocument {
  const [first, second] = documents;
  if (first === undefined) {
    const remedy = 'start with apiVersion: postflight/v1 and kind: Upgrade';
    throw documentError(place, [{ line: 1, path: [], message: 'the document is empty', remedy }]);
  }
  if (second === undefined) return first;
  const message = `a second document starts here; ${documents.length} in all`;
  throw documentError(place, [{ line: second.lineOf([]), path: [], message, remedy: 'keep one upgrade to a file' }]);
}

function problemAt(document: PlacedDocument, path: FieldPath, message: string, remedy: string): Problem {
  return { line: document.lineOf(path), path, message, remedy };
}

/** A document that holds no time at all cannot be split into before and after. */
function timelessProblems(document: PlacedDocument): Problem[] {
  const spec = valueAt(document.value, ['spec']);
  if (typeof spec !== 'object' || spec === null) return [];
  const timed = ['window', 'baseline', 'post'].some((key) => isStated(valueAt(spec, [key])));
  const changes = valueAt(spec, ['changes']);
  if (timed || (Array.isArray(changes) && changes.some((change) => isStated(valueAt(change, ['at']))))) return [];
  const message = 'nothing says when the upgrade was: no window, baseline or post, and no change with at';
  return [problemAt(document, ['spec'], message, `add e.g. ${EXAMPLE_WINDOW}`)];
}

function isStated(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Baseline against post, or against what follows the window where post is left out. */
function overlapProblems(document: PlacedDocument): Problem[] {
  const baseline = windowsField.safeParse(valueAt(document.value, ['spec', 'baseline']));
  if (!baseline.success) return [];
  const statedPost = valueAt(document.value, ['spec', 'post']);
  const post = windowField.safeParse(statedPost);
  if (post.success) {
    const overlapping = baseline.data.find(
      (window) => window.startMs < post.data.endMs && post.data.startMs < window.endMs,
    );
    if (overlapping === undefined) return [];
    const stretch = `${formatInstant(overlapping.startMs)} .. ${formatInstant(overlapping.endMs)}`;
    const message = `overlaps the baseline ${stretch}`;
    return [problemAt(document, ['spec', 'post'], message, 'let the baseline end where post starts, or earlier')];
  }
  const window = windowField.safeParse(valueAt(document.value, ['spec', 'window']));
  if (isStated(statedPost) || !window.success) return [];
  const endMs = window.data.endMs;
  if (!baseline.data.some((stretch) => stretch.endMs > endMs)) return [];
  const message = `reaches past ${formatInstant(endMs)}, the end of the window, where post starts when it is left out`;
  return [problemAt(document, ['spec', 'baseline'], message, 'add post: { start: …, end: … }')];
}

/** Entries of a list that share the value of a key that must tell them apart. */
function duplicateProblems(document: PlacedDocument, list: FieldPath, key: string): Problem[] {
  const entries = valueAt(document.value, list);
  if (!Array.isArray(entries)) return [];
  const firstLines = new Map<string, number>();
  const problems: Problem[] = [];
  entries.forEach((entry, index) => {
    const value = valueAt(entry, [key]);
    if (typeof value !== 'string') return;
    const path = [...list, index, key];
    const first = firstLines.get(value);
    if (first === undefined) firstLines.set(value, document.lineOf(path));
    else
      problems.push(
        problemAt(document, path, `duplicate ${key} ${quoted(value)}, first on line ${first}`, 'rename one'),
      );
  });
  return problems;
}

/** What tells who met a change cannot be held equal at the same time. */
function strataProblems(document: PlacedDocument): Problem[] {
  const [strata, changes] = ['strata', 'changes'].map((key) => valueAt(document.value, ['spec', key]));
  if (!Array.isArray(strata) || !Array.isArray(changes)) return [];
  return strata.flatMap((name, index) => {
    const change = changes.findIndex((stated) => attributesOfChange(stated).includes(name));
    if (change < 0) return [];
    const message = `${quoted(String(name))} tells who met ${quoted(String(valueAt(changes[change], ['id'])))}, a change of this document`;
    return [problemAt(document, ['spec', 'strata', index], message, 'leave it out: the change is compared by it')];
  });
}

function attributesOfChange(change: unknown): unknown[] {
  const [flag, key] = [valueAt(change, ['flag']), valueAt(change, ['key'])];
  const stated = valueAt(change, ['exposure', 'attribute']);
  return [
    ...(typeof flag === 'string' ? [`${FLAG_PREFIX}${flag}`] : []),
    ...(typeof key === 'string' ? [`${CONFIG_PREFIX}${key}`] : []),
    ...(typeof stated === 'string' ? [stated] : []),
  ];
}

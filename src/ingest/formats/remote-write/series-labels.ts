import type { Attributes } from '../../../domain/telemetry.ts';
import { LENGTH, ProtobufCursor, tagOf } from '../protobuf/protobuf-cursor.ts';

export const METRIC_NAME = '__name__';
/** Label in TimeSeries, name and value in Label (prometheus/prometheus, prompb/types.proto). */
export const LABEL_TAG = tagOf(1, LENGTH);
export const NAME_TAG = tagOf(1, LENGTH);
export const VALUE_TAG = tagOf(2, LENGTH);
/** More than any store takes of one series. */
export const MOST_LABELS = 1 << 10;
export const TOO_MANY_LABELS = `it has more than ${MOST_LABELS} labels`;
const REASON_CHARACTERS = 100;
const TEXT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A label set, or what is wrong with it. */
export interface SeriesLabels {
  /** Empty where the set has no usable name. */
  readonly metric: string;
  /** Without the name, in order of name. */
  readonly labels: Attributes;
  readonly problem: string | null;
}

const NONE: Attributes = new Map();

/** Reads a run of Label fields, in whatever order they come. An empty value is the absence of a label. */
export function readLabels(run: Uint8Array): SeriesLabels {
  const labels = new Map<string, string>();
  const cursor = new ProtobufCursor();
  cursor.reset(run);
  let problem: string | null = null;
  while (problem === null && cursor.more && cursor.readTag() === LABEL_TAG) problem = readLabel(cursor, labels);
  if (cursor.failed) problem = `its labels cannot be decoded: ${cursor.reason}`;
  const metric = labels.get(METRIC_NAME) ?? '';
  if (problem === null && metric === '') problem = `label ${METRIC_NAME} is absent`;
  return problem === null ? { metric, labels: withoutName(labels), problem } : { metric, labels: NONE, problem };
}

function readLabel(cursor: ProtobufCursor, labels: Map<string, string>): string | null {
  const holder = cursor.enter();
  let name: string | null = '';
  let value: string | null = '';
  while (cursor.more) {
    const tag = cursor.readTag();
    if (tag === NAME_TAG) name = readText(cursor);
    else if (tag === VALUE_TAG) value = readText(cursor);
    else cursor.skip(tag);
  }
  cursor.leave(holder);
  if (name === null || value === null) return 'a label is not valid UTF-8';
  if (name === '') return 'a label has no name';
  if (labels.has(name)) return `label ${JSON.stringify(name.slice(0, REASON_CHARACTERS))} appears twice`;
  if (labels.size === MOST_LABELS) return TOO_MANY_LABELS;
  labels.set(name, value);
  return null;
}

/** Null: not UTF-8. */
export function readText(cursor: ProtobufCursor): string | null {
  const length = cursor.readLength();
  const bytes = cursor.bytes.subarray(cursor.position, cursor.position + length);
  cursor.position += length;
  try {
    return TEXT.decode(bytes);
  } catch {
    return null;
  }
}

function withoutName(labels: ReadonlyMap<string, string>): Attributes {
  const kept = [...labels].filter(([name, value]) => name !== METRIC_NAME && value !== '');
  return new Map(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}

import type { Hash } from 'node:crypto';
import type { ClickHouseClient } from '@clickhouse/client';
import type { Attributes, FlagEvaluation, Span, TelemetrySink } from '../../../domain/telemetry.ts';
import { SPAN_KINDS } from '../writing/tables.ts';
import { readRows } from './query.ts';
import type { RowReader } from './row-reader.ts';
import type { TimeRange } from './time-range.ts';

const NO_ATTRIBUTES: Attributes = new Map();

/** Hands out the spans of the ranges in an order that does not depend on how they came in; answers their number. */
export async function replaySpans(
  client: ClickHouseClient,
  range: TimeRange,
  sink: TelemetrySink,
  digest: Hash,
): Promise<number> {
  const where = `tenant = {tenant:String} AND ${range.condition('start_ns')}`;
  const used = `SELECT resource FROM spans WHERE ${where} UNION DISTINCT SELECT attributes FROM spans WHERE ${where}`;
  const sets = await loadSets(client, range, used);
  const sql = `SELECT trace, span, parent, start_ns, end_ns, kind, failed, name, resource, attributes, flags, links
    FROM spans FINAL WHERE ${where} ORDER BY trace, span, resource`;
  let count = 0;
  let span: Span | null = null;
  let keys: readonly [string, string] = ['', ''];
  const late: { readonly span: Span; readonly keys: readonly [string, string] }[] = [];
  const read = (reader: RowReader): void => {
    const [traceId, spanId, parentSpanId] = [reader.hex(16), reader.hex(8), reader.hex(8)];
    const [startMs, endMs] = [reader.time(), reader.time()];
    const kind = SPAN_KINDS[reader.byte()] ?? 'internal';
    const failed = reader.byte() === 1;
    const name = reader.text();
    keys = [keyIn(reader), keyIn(reader)];
    const flags = reader.map();
    const linkedSpanIds = Array.from({ length: reader.isShort ? 0 : reader.length() }, () => reader.hex(8));
    span = {
      traceId,
      spanId,
      parentSpanId,
      kind,
      name,
      startMs,
      endMs,
      failed,
      resource: sets.get(keys[0]) ?? NO_ATTRIBUTES,
      attributes: sets.get(keys[1]) ?? NO_ATTRIBUTES,
      flags,
      linkedSpanIds,
    };
  };
  await readRows(
    client,
    { sql, parameters: range.parameters },
    read,
    () => {
      count++;
      if (sets.has(keys[0]) && sets.has(keys[1])) sink.span(span!);
      else late.push({ span: span!, keys });
    },
    digest,
  );
  // Stored before the first span that has them, but after they were read.
  const later = late.length === 0 ? sets : await loadSets(client, range, used);
  for (const one of late) sink.span(described(one.span, one.keys, later));
  return count;
}

export async function replayEvaluations(
  client: ClickHouseClient,
  range: TimeRange,
  sink: TelemetrySink,
  digest: Hash,
): Promise<number> {
  const where = `tenant = {tenant:String} AND ${range.condition('time_ns')}`;
  const used = `SELECT DISTINCT resource FROM evaluations WHERE ${where}`;
  const sets = await loadSets(client, range, used);
  const sql = `SELECT time_ns, trace, span, resource, flag, variant FROM evaluations FINAL WHERE ${where}
    ORDER BY time_ns, trace, span, flag, variant, resource`;
  let count = 0;
  let evaluation: FlagEvaluation | null = null;
  let key = '';
  const late: { readonly evaluation: FlagEvaluation; readonly key: string }[] = [];
  const read = (reader: RowReader): void => {
    const timeMs = reader.time();
    const [traceId, spanId] = [reader.hex(16), reader.hex(8)];
    key = keyIn(reader);
    const resource = sets.get(key) ?? NO_ATTRIBUTES;
    evaluation = { timeMs, traceId, spanId, resource, flag: reader.text(), variant: reader.text() };
  };
  await readRows(
    client,
    { sql, parameters: range.parameters },
    read,
    () => {
      count++;
      if (sets.has(key)) sink.flagEvaluation(evaluation!);
      else late.push({ evaluation: evaluation!, key });
    },
    digest,
  );
  const later = late.length === 0 ? sets : await loadSets(client, range, used);
  for (const one of late) {
    sink.flagEvaluation({ ...one.evaluation, resource: later.get(one.key) ?? NO_ATTRIBUTES });
  }
  return count;
}

/** By the halves of their hash. */
type AttributeSets = ReadonlyMap<string, Attributes>;

function keyIn(reader: RowReader): string {
  return `${reader.uint32()}:${reader.uint32()}`;
}

function described(span: Span, [resource, attributes]: readonly [string, string], sets: AttributeSets): Span {
  return {
    ...span,
    resource: sets.get(resource) ?? NO_ATTRIBUTES,
    attributes: sets.get(attributes) ?? NO_ATTRIBUTES,
  };
}

async function loadSets(client: ClickHouseClient, range: TimeRange, used: string): Promise<AttributeSets> {
  const sets = new Map<string, Attributes>();
  let key = '';
  let attributes = NO_ATTRIBUTES;
  const sql = `SELECT attribute_set, attributes FROM attribute_sets FINAL
    WHERE tenant = {tenant:String} AND attribute_set IN (${used})`;
  await readRows(
    client,
    { sql, parameters: range.parameters },
    (reader) => {
      key = keyIn(reader);
      attributes = reader.map();
    },
    () => sets.set(key, attributes),
  );
  return sets;
}

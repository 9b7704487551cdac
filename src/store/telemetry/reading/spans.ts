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
  const sets = await loadSets(
    client,
    range,
    `SELECT resource FROM spans WHERE ${where} UNION DISTINCT SELECT attributes FROM spans WHERE ${where}`,
  );
  const sql = `SELECT trace, span, parent, start_ns, end_ns, kind, failed, name, resource, attributes, flags, links
    FROM spans FINAL WHERE ${where} ORDER BY trace, span, resource`;
  let count = 0;
  let span: Span | null = null;
  const read = (reader: RowReader): void => {
    const [traceId, spanId, parentSpanId] = [reader.hex(16), reader.hex(8), reader.hex(8)];
    const [startMs, endMs] = [reader.time(), reader.time()];
    const kind = SPAN_KINDS[reader.byte()] ?? 'internal';
    const failed = reader.byte() === 1;
    const name = reader.text();
    const [resource, attributes] = [sets(reader), sets(reader)];
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
      resource,
      attributes,
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
      sink.span(span!);
    },
    digest,
  );
  return count;
}

export async function replayEvaluations(
  client: ClickHouseClient,
  range: TimeRange,
  sink: TelemetrySink,
  digest: Hash,
): Promise<number> {
  const where = `tenant = {tenant:String} AND ${range.condition('time_ns')}`;
  const sets = await loadSets(client, range, `SELECT DISTINCT resource FROM evaluations WHERE ${where}`);
  const sql = `SELECT time_ns, trace, span, resource, flag, variant FROM evaluations FINAL WHERE ${where}
    ORDER BY time_ns, trace, span, flag, variant, resource`;
  let count = 0;
  let evaluation: FlagEvaluation | null = null;
  const read = (reader: RowReader): void => {
    const timeMs = reader.time();
    const [traceId, spanId] = [reader.hex(16), reader.hex(8)];
    evaluation = { timeMs, traceId, spanId, resource: sets(reader), flag: reader.text(), variant: reader.text() };
  };
  await readRows(
    client,
    { sql, parameters: range.parameters },
    read,
    () => {
      count++;
      sink.flagEvaluation(evaluation!);
    },
    digest,
  );
  return count;
}

/** Reads the hash of a set of attributes and answers the set. */
type SetReader = (reader: RowReader) => Attributes;

async function loadSets(client: ClickHouseClient, range: TimeRange, used: string): Promise<SetReader> {
  const sets = new Map<string, Attributes>();
  let key = '';
  let attributes = NO_ATTRIBUTES;
  const sql = `SELECT attribute_set, attributes FROM attribute_sets FINAL
    WHERE tenant = {tenant:String} AND attribute_set IN (${used})`;
  await readRows(
    client,
    { sql, parameters: range.parameters },
    (reader) => {
      key = `${reader.uint32()}:${reader.uint32()}`;
      attributes = reader.map();
    },
    () => sets.set(key, attributes),
  );
  return (reader) => sets.get(`${reader.uint32()}:${reader.uint32()}`) ?? NO_ATTRIBUTES;
}

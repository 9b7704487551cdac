import type { Hash } from 'node:crypto';
import type { ClickHouseClient } from '@clickhouse/client';
import type { TelemetrySink } from '../../../domain/telemetry.ts';
import type { Window } from '../../../domain/window.ts';
import { FOLD } from '../writing/tables.ts';
import { ColumnDigest } from './column-digest.ts';
import type { BoundsOf } from './layouts.ts';
import { POINT_COLUMNS, PointEmitter } from './point-emitter.ts';
import { askBlocks, readBlocks } from './query.ts';
import { headsOf, type StreamDirectory } from './stream-directory.ts';
import { LONGEST_GAP_MS, TimeRange } from './time-range.ts';

/** What a replay of points needs beside its range. */
export interface PointSource {
  readonly client: ClickHouseClient;
  readonly tenant: string;
  readonly windows: readonly Window[];
  readonly resolutionMs: number;
  readonly service?: string;
  readonly streams: StreamDirectory;
  readonly boundsOf: BoundsOf;
}

/** Where the block of a point begins: that of its instant, or of the middle of its interval. */
const INSTANT = `if(fold = ${FOLD.sample}, time_ns,
  if(start_ns < time_ns, start_ns + intDiv(time_ns - start_ns, 2), time_ns - 1000))`;
const BLOCK = `(${INSTANT} - positiveModulo(${INSTANT}, {resolution:Int64}))`;

/** Hands out samples and deltas as they were received, stream by stream in order of time; answers their number. */
export async function replayPoints(source: PointSource, sink: TelemetrySink, digest: Hash): Promise<number> {
  const { client, tenant, windows, resolutionMs, service, streams, boundsOf } = source;
  const blocks = new TimeRange(tenant, windows);
  const widened = windows.map(({ startMs, endMs }) => ({
    startMs: startMs - resolutionMs,
    endMs: endMs + resolutionMs + LONGEST_GAP_MS,
  }));
  const near = new TimeRange(tenant, widened, 'near');
  // All points of a stream have one fold: to leave cumulative ones out first changes nothing, and they are most.
  const sql = `SELECT ${POINT_COLUMNS} FROM points FINAL
    PREWHERE tenant = {tenant:String} AND fold < ${FOLD.cumulative} AND ${headsOf(service)}
    WHERE ${near.condition('time_ns')} AND ${blocks.condition(BLOCK)}
    ORDER BY head, stream, time_ns, start_ns`;
  const parameters = {
    ...blocks.parameters,
    ...near.parameters,
    service: service ?? '',
    resolution: String(resolutionMs * 1e6),
  };
  const emitter = new PointEmitter(sink, boundsOf);
  let count = 0;
  const columns = new ColumnDigest();
  await readBlocks(await askBlocks(client, { sql, parameters }), columns, (block) => {
    for (let row = 0; row < block.rows; row++) {
      emitter.load(block, row);
      const stream = streams.open(sink, emitter.streamLow, emitter.streamHigh);
      if (stream === null) continue;
      emitter.emit(stream);
      count++;
    }
  });
  columns.addTo(digest);
  return count;
}

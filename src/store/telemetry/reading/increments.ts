import type { Hash } from 'node:crypto';
import type { TelemetrySink } from '../../../domain/telemetry.ts';
import type { CellBook } from '../increments/cell-book.ts';
import { CellEmitter } from './cell-emitter.ts';
import { ColumnDigest } from './column-digest.ts';
import type { PointSource } from './points.ts';
import { readBlocks } from './query.ts';
import { LONGEST_GAP_MS, nanosecondsOf, TimeRange } from './time-range.ts';

/** Hands out what cumulative points added per block, and what was odd about them; answers the number of cells. */
export async function replayIncrements(
  source: PointSource,
  cells: CellBook,
  sink: TelemetrySink,
  digest: Hash,
): Promise<number> {
  const { client, tenant, windows, resolutionMs, streams, boundsOf } = source;
  if (windows.length === 0) return 0;
  const blocks = new TimeRange(tenant, windows);
  const fromMs = windows.reduce((least, { startMs }) => Math.min(least, startMs), Number.POSITIVE_INFINITY);
  const toMs = windows.reduce((most, { endMs }) => Math.max(most, endMs), Number.NEGATIVE_INFINITY);
  const emitter = new CellEmitter(sink, boundsOf, streams);
  const queries = cells.queries(
    nanosecondsOf(fromMs),
    nanosecondsOf(toMs + LONGEST_GAP_MS),
    BigInt(Math.round(resolutionMs * 1e6)),
    blocks.condition('start_ns'),
  );
  const columns = new ColumnDigest();
  for await (const sql of queries) {
    await readBlocks(client, { sql, parameters: blocks.parameters }, columns, (block) => emitter.emitAll(block));
  }
  columns.addTo(digest);
  emitter.report();
  return emitter.cells;
}

import type { Hash } from 'node:crypto';
import type { TelemetrySink } from '../../../domain/telemetry.ts';
import type { CellBook } from '../increments/cell-book.ts';
import { CellEmitter } from './cell-emitter.ts';
import { ColumnDigest } from './column-digest.ts';
import type { PointSource } from './points.ts';
import { askBlocks, type BlockStream, readBlocks } from './query.ts';
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
  const ask = async (): Promise<BlockStream | null> => {
    const { value: sql, done } = await queries.next();
    return done ? null : askBlocks(client, { sql, parameters: blocks.parameters });
  };
  // The engine works on the next hours while those before are handed out.
  let next = ask();
  for (let stream = await next; stream !== null; stream = await next) {
    next = ask();
    next.catch(() => undefined);
    try {
      await readBlocks(stream, columns, (block) => emitter.emitAll(block));
    } catch (error) {
      await next.then((left) => left?.destroy());
      throw error;
    }
  }
  columns.addTo(digest);
  emitter.report();
  return emitter.cells;
}

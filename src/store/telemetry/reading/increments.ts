import type { Hash } from 'node:crypto';
import type { CellSink } from '../../../domain/cell-run.ts';
import type { TelemetrySink } from '../../../domain/telemetry.ts';
import type { Window } from '../../../domain/window.ts';
import { blockNsOf, type CellBook } from '../increments/cell-book.ts';
import type { BlockWindow } from '../increments/cell-runs-sql.ts';
import { CellEmitter } from './cell-emitter.ts';
import { ColumnDigest } from './column-digest.ts';
import type { PointSource } from './points.ts';
import { askBlocks, type BlockStream, readBlocks } from './query.ts';
import { headsOf } from './stream-directory.ts';
import { LONGEST_GAP_MS, nanosecondsOf } from './time-range.ts';

/** Hands out what cumulative points added per block, and what was odd about them; answers the number of cells. */
export async function replayIncrements(
  source: PointSource,
  cells: CellBook,
  sink: TelemetrySink | CellSink,
  digest: Hash,
): Promise<number> {
  const { client, tenant, windows, resolutionMs, service, streams, boundsOf } = source;
  if (windows.length === 0) return 0;
  const fromMs = windows.reduce((least, { startMs }) => Math.min(least, startMs), Number.POSITIVE_INFINITY);
  const toMs = windows.reduce((most, { endMs }) => Math.max(most, endMs), Number.NEGATIVE_INFINITY);
  const blockNs = blockNsOf(BigInt(Math.round(resolutionMs * 1e6)));
  const blockMs = Number(blockNs) / 1e6;
  const emitter = new CellEmitter(sink, blockMs, boundsOf, streams);
  const queries = cells.queries(
    nanosecondsOf(fromMs),
    nanosecondsOf(toMs + LONGEST_GAP_MS),
    blockNs,
    blockWindows(windows, resolutionMs, blockMs),
    headsOf(service),
  );
  const columns = new ColumnDigest();
  const ask = async (): Promise<BlockStream | null> => {
    const { value: sql, done } = await queries.next();
    return done ? null : askBlocks(client, { sql, parameters: { tenant, service: service ?? '' } });
  };
  // The engine works on the next hours while those before are handed out.
  let next = ask();
  for (let stream = await next; stream !== null; stream = await next) {
    next = ask();
    next.catch(() => undefined);
    try {
      await readBlocks(stream, columns, (block) => emitter.emitAll(block));
      emitter.handOut();
    } catch (error) {
      await next.then((left) => left?.destroy());
      throw error;
    }
  }
  columns.addTo(digest);
  emitter.report();
  return emitter.cells;
}

const LARGEST_BLOCK = 2 ** 31 - 1;

/** The blocks of a resolution that begin in the windows, in units of shorter blocks; each once. */
function blockWindows(windows: readonly Window[], resolutionMs: number, blockMs: number): BlockWindow[] {
  const edge = (ms: number): number => {
    const block = Math.ceil(ms / resolutionMs) * (resolutionMs / blockMs);
    return Math.max(-LARGEST_BLOCK, Math.min(LARGEST_BLOCK, block));
  };
  const found: BlockWindow[] = [];
  for (const { startMs, endMs } of [...windows].sort((a, b) => a.startMs - b.startMs)) {
    const latest = found.at(-1);
    const window = { from: edge(startMs), to: edge(endMs) };
    if (latest !== undefined && window.from <= latest.to) {
      found[found.length - 1] = { from: latest.from, to: Math.max(latest.to, window.to) };
    } else found.push(window);
  }
  return found;
}

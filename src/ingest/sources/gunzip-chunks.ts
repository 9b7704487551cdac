import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGunzip, type Gunzip } from 'node:zlib';
import { ChunkQueue } from './chunk-queue.ts';

const UNPACKED_CHUNK_BYTES = 1 << 20;
const CHUNKS_AHEAD = 4;

/** When zlib meets damage, Node drops what the same write had unpacked before it: smaller writes bring that back. */
const RECOVERY_PIECE_BYTES = [256, 1];

/** One pass over the packed bytes. Pieces are chunks as they come, but from `fineFrom` on no longer than `pieceBytes`. */
interface Pass {
  readonly fineFrom: number;
  readonly pieceBytes: number;
  /** Packed bytes that were unpacked whole: the piece after them is the one that failed. */
  unpackedTo: number;
}

/**
 * Unpacks gzip, members one after the other. Where the data is damaged, or something else follows the last member, all
 * before it comes out, to the byte, then it throws. `open` reads from the beginning, again for each recovery.
 */
export async function* gunzipChunks(
  open: () => AsyncIterable<Buffer>,
  onRaw: (bytes: Buffer) => void,
): AsyncGenerator<Buffer> {
  let yielded = 0;
  let fineFrom = 0;
  let failure: unknown = null;
  for (const pieceBytes of [Number.POSITIVE_INFINITY, ...RECOVERY_PIECE_BYTES]) {
    const pass: Pass = { fineFrom, pieceBytes, unpackedTo: 0 };
    try {
      for await (const chunk of beyond(unpacked(open(), pass, failure === null ? onRaw : ignore), yielded)) {
        yielded += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'Z_DATA_ERROR') throw error;
      failure = error;
      fineFrom = pass.unpackedTo;
    }
  }
  throw inWords(failure as Error, yielded);
}

function ignore(): void {}

function inWords(failure: Error, yielded: number): Error {
  return yielded > 0 && failure.message === 'incorrect header check'
    ? new Error('what follows the last complete gzip member is not gzip', { cause: failure })
    : failure;
}

/** Without the first `skipped` bytes. */
async function* beyond(chunks: AsyncIterable<Buffer>, skipped: number): AsyncGenerator<Buffer> {
  let left = skipped;
  for await (const chunk of chunks) {
    const rest = chunk.subarray(Math.min(left, chunk.length));
    left -= chunk.length - rest.length;
    if (rest.length > 0) yield rest;
  }
}

/** Unpacks on zlib's own thread; the turn of the event loop before each chunk lets it begin the next one meanwhile. */
async function* unpacked(
  raw: AsyncIterable<Buffer>,
  pass: Pass,
  onRaw: (bytes: Buffer) => void,
): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: UNPACKED_CHUNK_BYTES });
  const queue = new ChunkQueue(CHUNKS_AHEAD);
  gunzip.on('data', (chunk: Buffer) => queue.put(chunk));
  gunzip.on('end', () => queue.end());
  gunzip.on('error', (error) => queue.end(error));
  const feeding = feed(raw, gunzip, queue, pass, onRaw).catch((error: unknown) => queue.end(error));
  try {
    for (let chunk = await queue.take(); chunk !== null; chunk = await queue.take()) {
      await nextTurn();
      yield chunk;
    }
  } finally {
    queue.end();
    gunzip.destroy();
    await feeding;
  }
}

/** The end is announced only after all bytes were unpacked: otherwise zlib drops the last output of a truncated file. */
async function feed(
  raw: AsyncIterable<Buffer>,
  gunzip: Gunzip,
  queue: ChunkQueue,
  pass: Pass,
  onRaw: (bytes: Buffer) => void,
): Promise<void> {
  let position = 0;
  for await (const chunk of raw) {
    onRaw(chunk);
    for (const piece of piecesOf(chunk, position, pass)) {
      if (!(await queue.room())) return;
      await written(gunzip, piece);
      if (gunzip.errored !== null) return;
      pass.unpackedTo += piece.length;
    }
    position += chunk.length;
  }
  gunzip.end();
}

function* piecesOf(chunk: Buffer, position: number, { fineFrom, pieceBytes }: Pass): Generator<Buffer> {
  const coarse = Math.min(Math.max(fineFrom - position, 0), chunk.length);
  if (coarse > 0) yield chunk.subarray(0, coarse);
  for (let at = coarse; at < chunk.length; at += pieceBytes) yield chunk.subarray(at, at + pieceBytes);
}

function written(gunzip: Gunzip, piece: Buffer): Promise<void> {
  return new Promise((resolve) => {
    gunzip.once('close', resolve);
    gunzip.write(piece, () => {
      gunzip.off('close', resolve);
      resolve();
    });
  });
}

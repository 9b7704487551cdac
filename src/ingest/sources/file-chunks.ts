import type { FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGunzip, type Gunzip } from 'node:zlib';
import { ChunkQueue } from './chunk-queue.ts';

const PLAIN_CHUNK_BYTES = 1 << 20;
/** Small, because a hostile one can swell a thousandfold before anyone can object. */
const PACKED_CHUNK_BYTES = 1 << 16;
const CHUNKS_AHEAD = 4;

/**
 * The content of an open file in chunks, unpacked if its first bytes are gzip's. `onRaw` sees the bytes as they are on
 * disk. A file that breaks off yields all that could be read, then throws. Closes the file.
 */
export async function* fileChunks(file: FileHandle, onRaw: (bytes: Buffer) => void): AsyncGenerator<Buffer> {
  const packed = await isGzip(file);
  const highWaterMark = packed ? PACKED_CHUNK_BYTES : PLAIN_CHUNK_BYTES;
  const raw = file.createReadStream({ start: 0, highWaterMark });
  try {
    yield* packed ? unpacked(raw, onRaw) : plain(raw, onRaw);
  } finally {
    raw.destroy();
  }
}

async function isGzip(file: FileHandle): Promise<boolean> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
  return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
}

async function* plain(raw: AsyncIterable<Buffer>, onRaw: (bytes: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of raw) {
    onRaw(chunk);
    yield chunk;
  }
}

/** Unpacks on zlib's own thread; the turn of the event loop before each chunk lets it begin the next one meanwhile. */
async function* unpacked(raw: AsyncIterable<Buffer>, onRaw: (bytes: Buffer) => void): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: PLAIN_CHUNK_BYTES });
  const queue = new ChunkQueue(CHUNKS_AHEAD);
  gunzip.on('data', (chunk: Buffer) => queue.put(chunk));
  gunzip.on('end', () => queue.end());
  gunzip.on('error', (error) => queue.end(error));
  const feeding = feed(raw, gunzip, queue, onRaw).catch((error: unknown) => queue.end(error));
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
  onRaw: (bytes: Buffer) => void,
): Promise<void> {
  for await (const chunk of raw) {
    onRaw(chunk);
    if (!(await queue.room())) return;
    await new Promise<void>((resolve) => {
      gunzip.once('close', resolve);
      gunzip.write(chunk, () => {
        gunzip.off('close', resolve);
        resolve();
      });
    });
  }
  gunzip.end();
}

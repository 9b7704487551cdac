import type { FileHandle } from 'node:fs/promises';
import { gunzipChunks } from './gunzip-chunks.ts';

const PLAIN_CHUNK_BYTES = 1 << 20;
/** Small, because a hostile one can swell a thousandfold before anyone can object. */
const PACKED_CHUNK_BYTES = 1 << 16;

/**
 * The content of an open file in chunks, unpacked if its first bytes are gzip's. `onRaw` sees the bytes as they are on
 * disk. A file that breaks off or is damaged yields all that could be read, then throws. Closes the file.
 */
export async function* fileChunks(file: FileHandle, onRaw: (bytes: Buffer) => void): AsyncGenerator<Buffer> {
  try {
    if (await isGzip(file)) yield* gunzipChunks(() => rawChunks(file, PACKED_CHUNK_BYTES), onRaw);
    else yield* plain(rawChunks(file, PLAIN_CHUNK_BYTES), onRaw);
  } finally {
    await file.close();
  }
}

async function isGzip(file: FileHandle): Promise<boolean> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
  return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
}

/** From the beginning, however often it is called: a stream would close the file with itself. */
async function* rawChunks(file: FileHandle, chunkBytes: number): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, position);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}

async function* plain(raw: AsyncIterable<Buffer>, onRaw: (bytes: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of raw) {
    onRaw(chunk);
    yield chunk;
  }
}

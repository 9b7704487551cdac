import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { AppError } from '../../domain/error.ts';
import type { ByteHold } from './byte-budget.ts';

/** A stream that unpacks, and says how much of its input it has used. */
type Unpacker = Transform & { readonly bytesWritten: number };
type OpenUnpacker = (packed: Uint8Array) => Unpacker;

const CHUNKS = { chunkSize: 65_536 };

/** What the runtime can unpack: zstd came to Node in 22.15. */
const UNPACKERS: ReadonlyMap<string, OpenUnpacker> = new Map<string, OpenUnpacker>([
  ['gzip', () => zlib.createGunzip(CHUNKS)],
  ['x-gzip', () => zlib.createGunzip(CHUNKS)],
  ['deflate', (packed) => (hasZlibHeader(packed) ? zlib.createInflate(CHUNKS) : zlib.createInflateRaw(CHUNKS))],
  ...zstdIfKnown(),
]);

/** Beyond the first MiB nothing honest packs better than this; telemetry packs 5 to 30 times. */
const LARGEST_RATIO = 200;
const MEBIBYTE = 1024 ** 2;

/** The body as it was before its `Content-Encoding`; what it takes is held as it comes, and a bomb is cut off where it shows. */
export async function unpack(
  packed: Uint8Array,
  encoding: string,
  limitBytes: number,
  hold: ByteHold,
): Promise<Uint8Array> {
  if (encoding === '' || encoding === 'identity') return packed;
  const open = UNPACKERS.get(encoding);
  if (open === undefined) {
    throw new AppError('unsupported-media', `content encoding "${encoding}" is not understood`, {
      place: 'Content-Encoding',
      remedy: `send one of ${[...UNPACKERS.keys()].join(', ')}, or none`,
    });
  }
  if (packed.length === 0) throw malformed('it is empty');
  const unpacker = open(packed);
  unpacker.end(packed);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of unpacker as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      const most = Math.min(limitBytes, MEBIBYTE + unpacker.bytesWritten * LARGEST_RATIO);
      if (bytes > most) throw tooLarge(limitBytes);
      hold.take(chunk.length);
      chunks.push(chunk);
    }
  } catch (cause) {
    throw cause instanceof AppError ? cause : malformed((cause as Error).message, cause);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes);
}

function malformed(why: string, cause?: unknown): AppError {
  return new AppError('malformed', `the body cannot be unpacked: ${why}`, { place: 'Content-Encoding', cause });
}

function tooLarge(limitBytes: number): AppError {
  const message = `the body unpacks to more than ${limitBytes} bytes, or to more than ${LARGEST_RATIO} times what was sent`;
  return new AppError('too-large', message, { remedy: 'send smaller batches' });
}

function hasZlibHeader(packed: Uint8Array): boolean {
  const [method = 0, flags = 0] = packed;
  return (method & 15) === 8 && (method * 256 + flags) % 31 === 0;
}

function zstdIfKnown(): [string, OpenUnpacker][] {
  const { createZstdDecompress } = zlib as { createZstdDecompress?: (options: typeof CHUNKS) => Unpacker };
  return createZstdDecompress === undefined ? [] : [['zstd', () => createZstdDecompress(CHUNKS)]];
}

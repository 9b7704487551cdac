import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import { AppError } from '../../domain/error.ts';
import type { ByteHold } from './byte-budget.ts';
import { gather } from './request-body.ts';
import { Turns } from './turns.ts';

/** A stream that unpacks, and says how much of its input it has used. */
type Unpacker = Transform & { readonly bytesWritten: number };
type OpenUnpacker = (head: Uint8Array) => Unpacker;

/** A mark of one byte: each chunk is unpacked to its end before the next is asked for. */
const OPTIONS = { chunkSize: 65_536, writableHighWaterMark: 1 };

/** What the runtime can unpack: zstd came to Node in 22.15. */
const UNPACKERS: ReadonlyMap<string, OpenUnpacker> = new Map<string, OpenUnpacker>([
  ['gzip', () => zlib.createGunzip(OPTIONS)],
  ['x-gzip', () => zlib.createGunzip(OPTIONS)],
  ['deflate', (head) => (hasZlibHeader(head) ? zlib.createInflate(OPTIONS) : zlib.createInflateRaw(OPTIONS))],
  ...zstdIfKnown(),
]);

/** Nothing honest packs better than this, but for what is small anyway; telemetry packs 5 to 30 times. */
const LARGEST_RATIO = 200;
const HARMLESS_BYTES = 262_144;
const HEAD_BYTES = 2;

/** As many chunks as libuv has threads: more at once would only be more in memory. */
const turns = new Turns(4);

/**
 * The body as it was before its `Content-Encoding`, unpacked while it comes: a bomb is cut off at the chunk in which it
 * shows, and what follows is never asked for.
 */
export async function unpack(
  packed: AsyncIterable<Uint8Array>,
  encoding: string,
  limitBytes: number,
  hold: ByteHold,
): Promise<Uint8Array> {
  if (isPlain(encoding)) return await gather(packed, hold);
  const open = UNPACKERS.get(encoding);
  if (open === undefined) {
    throw new AppError('unsupported-media', `content encoding "${encoding}" is not understood`, {
      place: 'Content-Encoding',
      remedy: `send one of ${[...UNPACKERS.keys()].join(', ')}, or none`,
    });
  }
  const chunks = packed[Symbol.asyncIterator]();
  const head = await headOf(chunks);
  if (head.length === 0) throw malformed('it is empty');
  const unpacker = open(head);
  let body: Uint8Array = head;
  try {
    await pipeline(inTurn(head, chunks, hold), unpacker, async (unpacked: AsyncIterable<Uint8Array>) => {
      body = await gather(withinLimits(unpacked, unpacker, limitBytes), hold);
    });
  } catch (cause) {
    throw isOfUnpacker(cause) ? malformed(cause.message, cause) : cause;
  } finally {
    // What was not asked for is let go of, so that the server can read it off.
    chunks.return?.().catch(() => undefined);
  }
  return body;
}

/** Not packed at all. */
export function isPlain(encoding: string): boolean {
  return encoding === '' || encoding === 'identity';
}

/** Enough to tell one way of packing from another; less only where there is no more. */
async function headOf(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  const head: Uint8Array[] = [];
  for (let bytes = 0; bytes < HEAD_BYTES; ) {
    const next = await chunks.next();
    if (next.done) break;
    bytes += next.value.length;
    head.push(next.value);
  }
  return head.length === 1 ? head[0]! : Buffer.concat(head);
}

/** A turn lasts while a chunk is unpacked, never while one is waited for: a slow sender keeps nobody out. */
async function* inTurn(
  head: Uint8Array,
  chunks: AsyncIterator<Uint8Array>,
  hold: ByteHold,
): AsyncGenerator<Uint8Array> {
  const rest = { [Symbol.asyncIterator]: () => chunks };
  yield* oneInTurn(head, hold);
  for await (const chunk of rest) yield* oneInTurn(chunk, hold);
}

async function* oneInTurn(chunk: Uint8Array, hold: ByteHold): AsyncGenerator<Uint8Array> {
  hold.take(chunk.length);
  await turns.enter();
  try {
    yield chunk;
  } finally {
    turns.leave();
    hold.give(chunk.length);
  }
}

async function* withinLimits(
  unpacked: AsyncIterable<Uint8Array>,
  unpacker: Unpacker,
  limitBytes: number,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of unpacked) {
    bytes += chunk.length;
    if (bytes > Math.min(limitBytes, HARMLESS_BYTES + unpacker.bytesWritten * LARGEST_RATIO))
      throw tooLarge(limitBytes);
    yield chunk;
  }
}

function isOfUnpacker(cause: unknown): cause is Error {
  return cause instanceof Error && /^(Z|ZSTD)_/.test((cause as NodeJS.ErrnoException).code ?? '');
}

function malformed(why: string, cause?: unknown): AppError {
  return new AppError('malformed', `the body cannot be unpacked: ${why}`, {
    place: 'Content-Encoding',
    remedy: 'pack it as Content-Encoding says, or leave the header out',
    cause,
  });
}

function tooLarge(limitBytes: number): AppError {
  const message = `the body unpacks to more than ${limitBytes} bytes, or to more than ${LARGEST_RATIO} times what was sent`;
  return new AppError('too-large', message, { remedy: 'send smaller batches' });
}

function hasZlibHeader(head: Uint8Array): boolean {
  const [method = 0, flags = 0] = head;
  return (method & 15) === 8 && (method * 256 + flags) % 31 === 0;
}

function zstdIfKnown(): [string, OpenUnpacker][] {
  const { createZstdDecompress } = zlib as { createZstdDecompress?: (options: typeof OPTIONS) => Unpacker };
  return createZstdDecompress === undefined ? [] : [['zstd', () => createZstdDecompress(OPTIONS)]];
}

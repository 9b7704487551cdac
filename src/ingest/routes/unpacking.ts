import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { AppError } from '../../domain/error.ts';
import type { ByteHold } from './byte-budget.ts';

type Unpack = (packed: Uint8Array, limitBytes: number) => Promise<Uint8Array>;

const gunzip = promisify<Uint8Array, zlib.ZlibOptions, Uint8Array>(zlib.gunzip);
const inflate = promisify<Uint8Array, zlib.ZlibOptions, Uint8Array>(zlib.inflate);
const inflateRaw = promisify<Uint8Array, zlib.ZlibOptions, Uint8Array>(zlib.inflateRaw);

/** What the runtime can unpack: zstd came to Node in 22.15. */
const UNPACKERS: ReadonlyMap<string, Unpack> = new Map<string, Unpack>([
  ['gzip', (packed, maxOutputLength) => gunzip(packed, { maxOutputLength })],
  ['x-gzip', (packed, maxOutputLength) => gunzip(packed, { maxOutputLength })],
  ['deflate', (packed, maxOutputLength) => (hasZlibHeader(packed) ? inflate : inflateRaw)(packed, { maxOutputLength })],
  ...zstdIfKnown(),
]);

/** Telemetry packs 5 to 30 times; what packs more is asked for twice. */
const USUAL_RATIO = 20;
/** Beyond the first MiB nothing honest packs better than this. */
const LARGEST_RATIO = 200;
const MEBIBYTE = 1024 ** 2;

/** The body as it was before its `Content-Encoding`; what it may take is held before it is taken. */
export async function unpack(
  packed: Uint8Array,
  encoding: string,
  limitBytes: number,
  hold: ByteHold,
): Promise<Uint8Array> {
  if (encoding === '' || encoding === 'identity') return packed;
  const unpacker = UNPACKERS.get(encoding);
  if (unpacker === undefined) {
    throw new AppError('unsupported-media', `content encoding "${encoding}" is not understood`, {
      place: 'Content-Encoding',
      remedy: `send one of ${[...UNPACKERS.keys()].join(', ')}, or none`,
    });
  }
  const most = Math.min(limitBytes, MEBIBYTE + packed.length * LARGEST_RATIO);
  const usual = Math.min(most, packed.length * USUAL_RATIO + 65_536);
  const first = await unpackWithin(unpacker, packed, usual, hold);
  const body = first ?? (usual < most ? await unpackWithin(unpacker, packed, most, hold) : null);
  if (body !== null) return body;
  throw new AppError('too-large', `the body unpacks to more than ${most} bytes`, {
    remedy: 'send smaller batches',
  });
}

/** Null where it does not fit. */
async function unpackWithin(
  unpacker: Unpack,
  packed: Uint8Array,
  limitBytes: number,
  hold: ByteHold,
): Promise<Uint8Array | null> {
  hold.take(limitBytes);
  try {
    const body = await unpacker(packed, limitBytes);
    hold.shrinkTo(packed.length + body.length);
    return body;
  } catch (cause) {
    hold.shrinkTo(packed.length);
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return null;
    throw new AppError('malformed', `the body cannot be unpacked: ${(cause as Error).message}`, {
      place: 'Content-Encoding',
      cause,
    });
  }
}

function hasZlibHeader(packed: Uint8Array): boolean {
  const [method = 0, flags = 0] = packed;
  return (method & 15) === 8 && (method * 256 + flags) % 31 === 0;
}

function zstdIfKnown(): [string, Unpack][] {
  const known = (zlib as { zstdDecompress?: typeof zlib.gunzip }).zstdDecompress;
  if (known === undefined) return [];
  const zstdDecompress = promisify<Uint8Array, zlib.ZlibOptions, Uint8Array>(known);
  return [['zstd', (packed, maxOutputLength) => zstdDecompress(packed, { maxOutputLength })]];
}

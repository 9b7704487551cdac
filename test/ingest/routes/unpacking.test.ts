import { randomBytes } from 'node:crypto';
import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/error.ts';
import { ByteBudget } from '../../../src/ingest/routes/byte-budget.ts';
import { unpack } from '../../../src/ingest/routes/unpacking.ts';

const LIMIT = 4 * 1024 ** 2;
const text = new TextEncoder().encode('points and more points '.repeat(2000));

async function unpacked(packed: Uint8Array, encoding: string, budget = new ByteBudget(64 * 1024 ** 2)) {
  const hold = budget.open();
  try {
    hold.take(packed.length);
    return await unpack(packed, encoding, LIMIT, hold);
  } finally {
    hold.release();
    expect(budget.usedBytes).toBe(0);
  }
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    (caught: unknown) => caught,
  );
  return error instanceof AppError ? error.code : `not refused: ${error}`;
}

const PACKED: [string, Uint8Array][] = [
  ['gzip', zlib.gzipSync(text)],
  ['x-gzip', zlib.gzipSync(text)],
  ['deflate', zlib.deflateSync(text)],
  ['deflate', zlib.deflateRawSync(text)],
  ['', text],
  ['identity', text],
];

describe('unpacking a body', () => {
  it.each(PACKED)('gives back what "%s" packed', async (encoding, packed) => {
    expect(Buffer.from(await unpacked(packed, encoding)).equals(text)).toBe(true);
  });

  it('gives back every member of a gzip body', async () => {
    const members = Buffer.concat([zlib.gzipSync('one '), zlib.gzipSync('two')]);
    expect(Buffer.from(await unpacked(members, 'gzip')).toString()).toBe('one two');
  });

  const zstd = (zlib as { zstdCompressSync?: typeof zlib.gzipSync }).zstdCompressSync;
  it('reads zstd where the runtime can, and says what it can read where not', async () => {
    if (zstd !== undefined) expect(Buffer.from(await unpacked(zstd(text), 'zstd')).equals(text)).toBe(true);
    else expect(await codeOf(unpacked(text, 'zstd'))).toBe('unsupported-media');
  });

  it.each(['br', 'snappy', 'gzip, gzip', 'lz4', '__proto__'])('does not understand "%s"', async (encoding) => {
    expect(await codeOf(unpacked(text, encoding))).toBe('unsupported-media');
  });

  it('refuses what unpacks beyond the limit, and never holds more than the limit for it', async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(64 * 1024 ** 2), { level: 9 });
    const budget = new ByteBudget(LIMIT + bomb.length);
    expect(await codeOf(unpacked(bomb, 'gzip', budget))).toBe('too-large');
  });

  it('refuses what no telemetry packs like, long before the limit', async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(3 * 1024 ** 2));
    expect(bomb.length * 200 + 1024 ** 2).toBeLessThan(LIMIT);
    expect(await codeOf(unpacked(bomb, 'gzip'))).toBe('too-large');
  });

  it('takes what does not pack at all', async () => {
    const noise = randomBytes(100_000);
    expect(Buffer.from(await unpacked(zlib.gzipSync(noise), 'gzip')).equals(noise)).toBe(true);
  });

  it.each([
    ['gzip', text],
    ['gzip', zlib.gzipSync(text).subarray(0, 100)],
    ['deflate', zlib.gzipSync(text)],
    ['gzip', new Uint8Array(0)],
  ])('refuses a broken %s body as malformed', async (encoding, packed) => {
    expect(await codeOf(unpacked(packed, encoding))).toBe('malformed');
  });

  it('asks to come again where all bodies together would not fit in memory', async () => {
    const budget = new ByteBudget(1000);
    expect(await codeOf(unpacked(zlib.gzipSync(text), 'gzip', budget))).toBe('overloaded');
  });
});

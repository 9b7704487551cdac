import { randomBytes } from 'node:crypto';
import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/error.ts';
import { ByteBudget } from '../../../src/ingest/routes/byte-budget.ts';
import { unpack } from '../../../src/ingest/routes/unpacking.ts';

const LIMIT = 4 * 1024 ** 2;
const text = new TextEncoder().encode('points and more points '.repeat(2000));

/** As it comes over a wire: in pieces, each only when it is asked for. */
class Wire {
  asked = 0;
  readonly #packed: Uint8Array;
  readonly #pieceBytes: number;

  constructor(packed: Uint8Array, pieceBytes: number) {
    this.#packed = packed;
    this.#pieceBytes = pieceBytes;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    while (this.asked < this.#packed.length) {
      const from = this.asked;
      this.asked = Math.min(from + this.#pieceBytes, this.#packed.length);
      yield this.#packed.subarray(from, this.asked);
    }
  }
}

async function unpacked(
  packed: Uint8Array,
  encoding: string,
  budget = new ByteBudget(64 * 1024 ** 2),
  wire = new Wire(packed, 65_536),
) {
  const hold = budget.open();
  try {
    return await unpack(wire.chunks(), encoding, LIMIT, hold);
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

  it.each(PACKED)('gives back what "%s" packed, byte by byte', async (encoding, packed) => {
    const wire = new Wire(packed, 1);
    expect(Buffer.from(await unpacked(packed, encoding, undefined, wire)).equals(text)).toBe(true);
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
    expect(bomb.length * 200 + 262_144).toBeLessThan(LIMIT);
    expect(await codeOf(unpacked(bomb, 'gzip'))).toBe('too-large');
  });

  it('asks for no more of a bomb than shows what it is', async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(32 * 1024 ** 2));
    const wire = new Wire(bomb, 64);
    expect(await codeOf(unpacked(bomb, 'gzip', undefined, wire))).toBe('too-large');
    expect(wire.asked).toBeLessThan(bomb.length / 4);
  });

  it('waits for senders that pause without keeping others out', async () => {
    const packed = zlib.gzipSync(text);
    let go = (): void => undefined;
    const going = new Promise<void>((resolve) => {
      go = resolve;
    });
    async function* pausing(): AsyncGenerator<Uint8Array> {
      yield packed.subarray(0, 100);
      await going;
      yield packed.subarray(100);
    }
    const budget = new ByteBudget(64 * 1024 ** 2);
    const slow = Array.from({ length: 20 }, () => unpack(pausing(), 'gzip', LIMIT, budget.open()));
    expect(Buffer.from(await unpacked(packed, 'gzip')).equals(text)).toBe(true);
    go();
    for (const body of await Promise.all(slow)) expect(Buffer.from(body).equals(text)).toBe(true);
  });

  it('fails as its sender failed', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield zlib.gzipSync(text).subarray(0, 100);
      throw new Error('aborted');
    }
    await expect(unpack(broken(), 'gzip', LIMIT, new ByteBudget(LIMIT).open())).rejects.toThrow('aborted');
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

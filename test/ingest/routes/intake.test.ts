import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/error.ts';
import { Intake } from '../../../src/ingest/routes/intake.ts';

const ROOM = 1000;
const FULL = new AppError('overloaded', 'full', { retryAfterSeconds: 1 });

function opened(roomBytes = ROOM): Intake {
  let ahead = 0;
  return new Intake({
    refusal: () => (ahead <= roomBytes ? null : FULL),
    expect: (bytes) => {
      ahead += bytes;
    },
  });
}

/** A body whose chunks come when they are told to. */
function body(...sizes: readonly number[]) {
  const came: (() => void)[] = [];
  const coming = sizes.map((size) => new Promise<Uint8Array>((come) => came.push(() => come(new Uint8Array(size)))));
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (const chunk of coming) yield await chunk;
  }
  return { chunks: chunks(), next: () => came.shift()?.() };
}

async function read(chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const { length } of chunks) bytes += length;
  return bytes;
}

/** Lets everything happen that waits for nothing. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('the intake', () => {
  it('keeps out what comes behind more than there is room for, until that is in the queue', async () => {
    const intake = opened();
    const large = body(ROOM + 1, 1);
    const taken = intake.take((within) => read(within(large.chunks, false)));
    expect(intake.refusal()).toBeNull();
    large.next();
    await settle();
    expect(intake.refusal()).toBe(FULL);
    await expect(intake.take(async () => 'read')).rejects.toBe(FULL);
    large.next();
    expect(await taken).toBe(ROOM + 2);
    expect(intake.refusal()).toBeNull();
  });

  it('refuses with the first of a body what was let in while there still was room, and never after that', async () => {
    const intake = opened();
    const [first, second] = [body(ROOM, 1), body(1, 1)];
    const takes = [first, second].map(({ chunks }) => intake.take((within) => read(within(chunks, false))));
    const outcomes = Promise.allSettled(takes);
    first.next();
    await settle();
    first.next();
    await settle();
    second.next();
    await settle();
    second.next();
    expect(await outcomes).toMatchObject([{ value: ROOM + 1 }, { value: 2 }]);

    const late = [body(ROOM + 1, 1), body(1, 1)] as const;
    const both = Promise.allSettled(late.map(({ chunks }) => intake.take((within) => read(within(chunks, false)))));
    late[0].next();
    await settle();
    late[1].next();
    await settle();
    late[0].next();
    expect(await both).toMatchObject([{ value: ROOM + 2 }, { reason: FULL }]);
  });

  it('reckons with what a packed body unpacks to', async () => {
    const intake = opened();
    const packed = body(ROOM / 4, 1);
    const taken = intake.take((within) => read(within(packed.chunks, true)));
    packed.next();
    await settle();
    expect(intake.refusal()).toBe(FULL);
    packed.next();
    await taken;
    expect(intake.refusal()).toBeNull();
  });

  it('is not kept busy by who announces a body and sends none of it', async () => {
    const intake = opened();
    const silent = Array.from({ length: 100 }, () => body(ROOM));
    for (const { chunks } of silent) void intake.take((within) => read(within(chunks, true)));
    await settle();
    expect(await intake.take(async () => 'read')).toBe('read');
  });

  it('gives back what it counted of a body that failed', async () => {
    const intake = opened();
    const failing = intake.take(async (within) => {
      await read(within(whole(ROOM + 1), false));
      throw new Error('malformed');
    });
    await expect(failing).rejects.toThrow('malformed');
    expect(intake.refusal()).toBeNull();
  });
});

async function* whole(bytes: number): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(bytes);
}

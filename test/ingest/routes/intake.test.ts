import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../src/domain/error.ts';
import { Intake } from '../../../src/ingest/routes/intake.ts';

const ROOM = 1000;
const FULL = new AppError('overloaded', 'full', { retryAfterSeconds: 1 });

/** What stands in line: nothing, and room for so much. */
class Line {
  comingBytes = 0;

  refusal(): AppError | null {
    return this.comingBytes <= ROOM ? null : FULL;
  }

  expect(bytes: number): void {
    this.comingBytes += bytes;
  }
}

function opened({ bodyBytes = 1_000_000, allBytes = 1_000_000 } = {}) {
  const line = new Line();
  return { line, intake: new Intake(line, { bodyBytes, allBytes }) };
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
    const { intake } = opened();
    const large = body(ROOM + 1, 1);
    const taken = intake.take((admit) => read(admit(large.chunks, false)));
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
    const { intake } = opened();
    const [first, second] = [body(ROOM, 1), body(1, 1)];
    const takes = [first, second].map(({ chunks }) => intake.take((admit) => read(admit(chunks, false))));
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
    const both = Promise.allSettled(late.map(({ chunks }) => intake.take((admit) => read(admit(chunks, false)))));
    late[0].next();
    await settle();
    late[1].next();
    await settle();
    late[0].next();
    expect(await both).toMatchObject([{ value: ROOM + 2 }, { reason: FULL }]);
  });

  it('reckons with what a packed body unpacks to', async () => {
    const { intake } = opened();
    const packed = body(ROOM / 4, 1);
    const taken = intake.take((admit) => read(admit(packed.chunks, true)));
    packed.next();
    await settle();
    expect(intake.refusal()).toBe(FULL);
    packed.next();
    await taken;
    expect(intake.refusal()).toBeNull();
  });

  it('is not kept busy by who announces a body and sends none of it', async () => {
    const { intake } = opened();
    const silent = Array.from({ length: 100 }, () => body(ROOM));
    for (const { chunks } of silent) void intake.take((admit) => read(admit(chunks, true)));
    await settle();
    expect(await intake.take(async () => 'read')).toBe('read');
  });

  it('does not count a body whose sender stalls, and counts it again when more of it comes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { line, intake } = opened();
      const stalling = body(ROOM, 1, 1);
      const taken = intake.take((admit) => read(admit(stalling.chunks, false)));
      stalling.next();
      await settle();
      vi.advanceTimersByTime(999);
      expect(line.comingBytes).toBe(ROOM);
      vi.advanceTimersByTime(1);
      expect(line.comingBytes).toBe(0);
      stalling.next();
      await settle();
      expect(line.comingBytes).toBe(ROOM + 1);
      stalling.next();
      expect(await taken).toBe(ROOM + 2);
      expect(line.comingBytes).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('counts no body for more than a body may be, and lets in no more than may be on its way', async () => {
    const { line, intake } = opened({ bodyBytes: 100, allBytes: 200 });
    const bodies = [body(500, 1), body(500, 1)];
    const takes = bodies.map(({ chunks }) => intake.take((admit) => read(admit(chunks, true))));
    bodies[0]!.next();
    await settle();
    expect([line.comingBytes, intake.refusal()]).toEqual([100, null]);
    bodies[1]!.next();
    await settle();
    expect(intake.refusal()).toMatchObject({ code: 'overloaded', retryAfterSeconds: 1 });
    for (const { next } of bodies) next();
    await Promise.all(takes);
    expect(line.comingBytes).toBe(0);
  });

  it('gives back what it counted of a body that failed', async () => {
    const { intake } = opened();
    const failing = intake.take(async (admit) => {
      await read(admit(whole(ROOM + 1), false));
      throw new Error('malformed');
    });
    await expect(failing).rejects.toThrow('malformed');
    expect(intake.refusal()).toBeNull();
  });
});

async function* whole(bytes: number): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(bytes);
}

import { describe, expect, it } from 'vitest';
import { CommitQueue, DEFAULT_COMMIT } from '../../../src/store/telemetry/writing/commit-queue.ts';
import { PendingRows } from '../../../src/store/telemetry/writing/pending-rows.ts';

const MIB = 2 ** 20;

/** One row that is so long. */
function rowOf(bytes: number): PendingRows {
  const pending = new PendingRows();
  const { points } = pending.tables;
  points.reserve(bytes);
  for (let i = 0; i < bytes / 8; i++) points.putDouble(0);
  points.rows++;
  return pending;
}

/** A store that writes a batch whenever it is told to. */
function held() {
  const done: (() => void)[] = [];
  const target = { insert: () => new Promise<void>((resolve) => done.push(resolve)), probe: async () => undefined };
  const next = async (): Promise<void> => until(() => done.length > 0).then(() => done.shift()!());
  return { target, next, waiting: () => done.length };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('rows that wait to be written', () => {
  it('are refused while those before them take longer than senders wait, and taken again when these are written', async () => {
    const { target, next } = held();
    // Whatever a batch takes, another one would have to wait too long for it.
    const settings = { ...DEFAULT_COMMIT, batchBytes: MIB, spacingMs: 0, longestWaitMs: 0 };
    const queue = new CommitQueue(target, settings);
    const first = queue.add(rowOf(2 * MIB));
    expect(queue.refusal()).toBeNull();
    await next();
    await first;
    await until(() => queue.waitingBytes === 0);
    const second = queue.add(rowOf(3 * MIB));
    expect(queue.refusal()).toMatchObject({ code: 'overloaded', retryAfterSeconds: 1 });
    await expect(queue.add(rowOf(8))).rejects.toMatchObject({ code: 'overloaded' });
    await next();
    await second;
    await until(() => queue.waitingBytes === 0);
    expect(queue.refusal()).toBeNull();
  });

  it('are refused behind more than is written in that time, and taken once let in, up to twice as much', async () => {
    const { target, next } = held();
    const queue = new CommitQueue(target, { ...DEFAULT_COMMIT, batchBytes: MIB, spacingMs: 0, longestWaitMs: 0 });
    const first = queue.add(rowOf(MIB));
    await next();
    await first;
    await until(() => queue.waitingBytes === 0);
    queue.expect(MIB);
    expect(queue.refusal()).toBeNull();
    queue.expect(1);
    expect(queue.refusal()).toMatchObject({ code: 'overloaded' });
    queue.expect(-MIB - 1);
    const taken = [queue.add(rowOf(1.5 * MIB)), queue.add(rowOf(MIB))];
    expect(queue.refusal()).toMatchObject({ code: 'overloaded' });
    await expect(queue.add(rowOf(8))).rejects.toMatchObject({ code: 'overloaded' });
    await next();
    await Promise.all(taken);
  });

  it('are held back while they are few and more is on its way, where writing is slow, and no longer than that', async () => {
    const { target, next, waiting } = held();
    const queue = new CommitQueue(target, { ...DEFAULT_COMMIT, spacingMs: 0 });
    const slow = queue.add(rowOf(MIB));
    await new Promise((resolve) => setTimeout(resolve, 400));
    await next();
    await slow;
    queue.expect(8);
    const few = queue.add(rowOf(8));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(waiting()).toBe(0);
    queue.expect(-8);
    await next();
    await few;
  });

  it('are held back no longer than a part of a write, though more goes on being on its way', async () => {
    const { target, next } = held();
    const queue = new CommitQueue(target, { ...DEFAULT_COMMIT, spacingMs: 0 });
    queue.expect(8);
    for (let batch = 0; batch < 3; batch++) {
      const stored = queue.add(rowOf(8));
      await next();
      await stored;
    }
  });

  it('are refused before they come where they would not fit the queue, however fast it is written', async () => {
    const { target, next } = held();
    const queue = new CommitQueue(target, {
      ...DEFAULT_COMMIT,
      queueBytes: 2 * MIB,
      batchBytes: MIB,
      longestWaitMs: 1e9,
    });
    const first = queue.add(rowOf(MIB));
    await next();
    await first;
    queue.expect(2 * MIB + 1);
    expect(queue.refusal()).toMatchObject({ code: 'overloaded' });
  });

  it('are taken again after an outage, however much was registered in it, and that is written without waiting for them', async () => {
    const written: string[] = [];
    let isFull = true;
    const target = {
      insert: async (table: string) => {
        if (isFull) throw new Error('no space left');
        written.push(table);
      },
      probe: async () => {
        if (isFull) throw new Error('no space left');
      },
    };
    const settings = {
      ...DEFAULT_COMMIT,
      batchBytes: MIB,
      queueBytes: 4 * MIB,
      spacingMs: 0,
      longestWaitMs: 0,
      patienceMs: 1,
    };
    const queue = new CommitQueue(target, settings);
    const pending = rowOf(8);
    const { attribute_sets: sets } = pending.tables;
    sets.reserve(8 * MIB);
    for (let i = 0; i < MIB; i++) sets.putDouble(0);
    sets.rows++;
    await expect(queue.add(pending)).rejects.toMatchObject({ code: 'unavailable' });
    isFull = false;
    await until(() => queue.waitingBytes === 0);
    expect(written).toEqual(['attribute_sets']);
    expect(queue.refusal()).toBeNull();
    await queue.add(rowOf(8));
  });

  it('are refused at once from the batch that could not be written until something is, which is tried without them', async () => {
    let [inserts, probes, isFull] = [0, 0, true];
    const tokens = new Set<string>();
    const fail = (): void => {
      if (isFull) throw new Error('no space left');
    };
    const target = {
      insert: async () => {
        inserts++;
        fail();
      },
      probe: async (token: string) => {
        probes++;
        tokens.add(token);
        fail();
      },
    };
    const queue = new CommitQueue(target, { ...DEFAULT_COMMIT, spacingMs: 0, patienceMs: 60 });
    await expect(queue.add(rowOf(8))).rejects.toThrow('no space left');
    const tried = inserts;
    await until(() => probes > 1);
    expect(queue.refusal()).toMatchObject({ code: 'unavailable' });
    expect(queue.failure?.message).toContain('no space left');
    await expect(queue.add(rowOf(8))).rejects.toMatchObject({ code: 'unavailable' });
    expect(inserts).toBe(tried);
    isFull = false;
    await until(() => queue.refusal() === null);
    expect(queue.failure).toBeNull();
    expect(tokens.size).toBe(probes);
    await queue.add(rowOf(8));
    await queue.close();
    expect(inserts).toBe(tried + 1);
  });

  it('are taken though they are more than is written in that time, where nothing waits', async () => {
    const { target, next } = held();
    const queue = new CommitQueue(target, { ...DEFAULT_COMMIT, batchBytes: MIB, spacingMs: 0, longestWaitMs: 0 });
    for (let i = 0; i < 2; i++) {
      const stored = queue.add(rowOf(4 * MIB));
      await next();
      await stored;
      await until(() => queue.waitingBytes === 0);
    }
  });
});

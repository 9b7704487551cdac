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
  const target = { insert: () => new Promise<void>((resolve) => done.push(resolve)), ping: async () => undefined };
  return { target, next: async () => until(() => done.length > 0).then(() => done.shift()!()) };
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
    expect(queue.refusalBehind(0)).toBeNull();
    await next();
    await first;
    await until(() => queue.waitingBytes === 0);
    const second = queue.add(rowOf(3 * MIB));
    expect(queue.refusalBehind(0)).toMatchObject({ code: 'overloaded', retryAfterSeconds: 1 });
    await expect(queue.add(rowOf(8))).rejects.toMatchObject({ code: 'overloaded' });
    await next();
    await second;
    await until(() => queue.waitingBytes === 0);
    expect(queue.refusalBehind(0)).toBeNull();
  });

  it('are refused behind more than is written in that time, and taken once let in, up to twice as much', async () => {
    const { target, next } = held();
    const queue = new CommitQueue(target, { ...DEFAULT_COMMIT, batchBytes: MIB, spacingMs: 0, longestWaitMs: 0 });
    const first = queue.add(rowOf(MIB));
    await next();
    await first;
    await until(() => queue.waitingBytes === 0);
    expect(queue.refusalBehind(MIB)).toBeNull();
    expect(queue.refusalBehind(MIB + 1)).toMatchObject({ code: 'overloaded' });
    const taken = [queue.add(rowOf(1.5 * MIB)), queue.add(rowOf(MIB))];
    expect(queue.refusalBehind(0)).toMatchObject({ code: 'overloaded' });
    await expect(queue.add(rowOf(8))).rejects.toMatchObject({ code: 'overloaded' });
    await next();
    await Promise.all(taken);
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

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../src/domain/error.ts';
import type { RecordStore } from '../src/domain/record-store.ts';
import { openSqliteRecords } from '../src/store/records/record-store.ts';
import { type MadeReport, watchOnce } from '../src/watch.ts';
import { folderOf } from './support/command-line.ts';

const MINUTE = 60_000;
const LEASE = 5 * MINUTE;
const CLEAN: MadeReport = { verdict: 'no-regression', digest: 'a', json: '{"verdict":"no-regression"}' };

function documentOf(name: string): string {
  return `apiVersion: postflight/v1
kind: Upgrade
metadata: { name: ${name} }
spec:
  window: { start: 2026-11-20T02:30:00Z, end: 2026-11-20T03:00:00Z }
  post: { start: 2026-11-20T03:00:00Z, end: 2026-11-20T04:00:00Z }
`;
}

describe('what the watch claims', () => {
  let folder: ReturnType<typeof folderOf>;
  let records: RecordStore;
  let nowMs = 0;

  beforeEach(async () => {
    folder = folderOf({});
    records = await openSqliteRecords(folder.path);
    nowMs = Date.parse('2026-11-20T03:10:00Z');
  });
  afterEach(async () => {
    await records.close();
    folder.dispose();
  });

  function once(analyse: () => Promise<MadeReport>): Promise<number> {
    const parts = {
      records,
      analyse,
      latestMs: async () => Number.POSITIVE_INFINITY,
      holder: 'here',
      reach: { pastMs: 60 * MINUTE, openMs: 60 * MINUTE },
      intervalMs: MINUTE,
      retentionMs: 24 * 60 * MINUTE,
      now: () => nowMs,
      onForgotten: () => undefined,
      onSettled: () => undefined,
      onTrouble: () => undefined,
    };
    return watchOnce(parts, new AbortController().signal);
  }

  it('waits as long as what failed asked for, and does not take that for the time of a clock that ran ahead', async () => {
    await records.putUpgrade('default', 'dten', documentOf('dten'), nowMs);
    const late = async (): Promise<MadeReport> => {
      throw new AppError('overloaded', 'the analysis took too long', { retryAfterSeconds: 600 });
    };
    expect(await once(late)).toBe(1);
    nowMs += 599_000;
    expect(await once(async () => CLEAN)).toBe(0);
    nowMs += 1000;
    expect(await once(async () => CLEAN)).toBe(1);
  });

  it('is one upgrade at a time, so that none waits under a lease for those before it', async () => {
    for (const name of ['first', 'second']) await records.putUpgrade('default', name, documentOf(name), nowMs);
    const free: number[] = [];
    const analyse = async (): Promise<MadeReport> => {
      const claims = await records.claimDue('there', nowMs, LEASE, 10);
      free.push(claims.length);
      for (const claim of claims) await records.release(claim, nowMs, null);
      return CLEAN;
    };
    expect(await once(analyse)).toBe(2);
    expect(free).toEqual([1, 0]);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AnalysisTask } from '../src/analyze-stored.ts';
import { AppError } from '../src/domain/error.ts';
import type { Forgotten, RecordStore } from '../src/domain/record-store.ts';
import { openSqliteRecords } from '../src/store/records/record-store.ts';
import {
  followClock,
  type MadeReport,
  type Settled,
  type Trouble,
  type WatchParts,
  watch,
  watchOnce,
} from '../src/watch.ts';
import { folderOf } from './support/command-line.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-11-20T03:00:00Z');
const END = START + 60 * MINUTE;
const DOCUMENT = `apiVersion: postflight/v1
kind: Upgrade
metadata: { name: dten }
spec:
  window: { start: 2026-11-20T02:30:00Z, end: 2026-11-20T03:00:00Z }
  post: { start: 2026-11-20T03:00:00Z, end: 2026-11-20T04:00:00Z }
`;
const CLEAN: MadeReport = { verdict: 'no-regression', digest: 'a', json: '{"verdict":"no-regression"}' };

describe('the watch', () => {
  let folder: ReturnType<typeof folderOf>;
  let records: RecordStore;
  let nowMs: number;
  let tasks: AnalysisTask[];
  let settled: Settled[];
  let troubles: Trouble[];
  let forgotten: (counts: Forgotten) => void;
  /** Of the telemetry: beyond every end. */
  let latestMs: number;

  beforeEach(async () => {
    folder = folderOf({});
    records = await openSqliteRecords(folder.path);
    nowMs = START + 10 * MINUTE;
    latestMs = Number.POSITIVE_INFINITY;
    [tasks, settled, troubles] = [[], [], []];
    forgotten = () => undefined;
  });
  afterEach(async () => {
    await records.close();
    folder.dispose();
  });

  function parts(analyse: (task: AnalysisTask) => Promise<MadeReport>): WatchParts {
    return {
      records,
      analyse: (task) => {
        tasks.push(task);
        return analyse(task);
      },
      latestMs: async () => latestMs,
      holder: 'here',
      reach: { pastMs: 60 * MINUTE, openMs: 60 * MINUTE },
      intervalMs: MINUTE,
      retentionMs: 24 * 60 * MINUTE,
      now: () => nowMs,
      onForgotten: (one) => forgotten(one),
      onSettled: (one) => settled.push(one),
      onTrouble: (one) => troubles.push(one),
    };
  }

  const once = (made: MadeReport | (() => Promise<MadeReport>)) =>
    watchOnce(parts(typeof made === 'function' ? made : async () => made), new AbortController().signal);

  it('does nothing where nothing is due', async () => {
    expect(await once(CLEAN)).toBe(0);
  });

  it('saves a report of what is due, and looks again after the interval while post is open', async () => {
    await records.putUpgrade('default', 'dten', DOCUMENT, nowMs);
    expect(await once(CLEAN)).toBe(1);
    const report = await records.latestReport('default', 'dten');
    expect(report).toMatchObject({ revision: 1, verdict: 'no-regression', isFinal: false, document: CLEAN.json });
    expect(await records.upgrade('default', 'dten')).toMatchObject({ dueMs: nowMs + MINUTE, trouble: null });
  });

  it('keeps one revision while a report stays the same, and a new one when it does not', async () => {
    await records.putUpgrade('default', 'dten', DOCUMENT, nowMs);
    await once(CLEAN);
    nowMs += MINUTE;
    await once(CLEAN);
    nowMs += MINUTE;
    await once({ verdict: 'regressed', digest: 'b', json: '{"verdict":"regressed"}' });
    expect(settled.map(({ isNew }) => isNew)).toEqual([true, false, true]);
    expect(await records.latestReport('default', 'dten')).toMatchObject({ revision: 2, verdict: 'regressed' });
  });

  it('answers a changed document with a report of its own, also where it says the same', async () => {
    await records.putUpgrade('default', 'dten', DOCUMENT, nowMs);
    await once(CLEAN);
    nowMs += MINUTE;
    await records.putUpgrade('default', 'dten', `${DOCUMENT}# the same in other words\n`, nowMs);
    await once(CLEAN);
    expect(await records.latestReport('default', 'dten')).toMatchObject({ revision: 2, madeMs: nowMs });
  });

  it('makes one last report when post has ended and late data had time to come, and is then done', async () => {
    await records.putUpgrade('default', 'dten', DOCUMENT, nowMs);
    await once(CLEAN);
    nowMs = END + 8 * MINUTE;
    expect(await once(CLEAN)).toBe(1);
    expect(await records.latestReport('default', 'dten')).toMatchObject({ revision: 2, isFinal: true });
    expect(await records.upgrade('default', 'dten')).toMatchObject({ dueMs: null });
    nowMs += 1000 * MINUTE;
    expect(await once(CLEAN)).toBe(0);
  });

  it('waits with the last report for senders whose clocks are five minutes behind', async () => {
    await records.putUpgrade('default', 'dten', DOCUMENT, nowMs);
    nowMs = END + 6 * MINUTE;
    await once(CLEAN);
    expect(await records.latestReport('default', 'dten')).toMatchObject({ isFinal: false });
  });

  it('does not close by its own clock alone, which may be an hour ahead, until it is two hours past the end', async () => {
    await records.putUpgrade('default', 'dten', DOCUMENT, nowMs);
    latestMs = END - 52 * MINUTE;
    nowMs = END + 8 * MINUTE;
    await once(CLEAN);
    expect(await records.upgrade('default', 'dten')).toMatchObject({ dueMs: nowMs + MINUTE });
    expect(await records.latestReport('default', 'dten')).toMatchObject({ isFinal: false });
    expect(tasks.at(-1)).toMatchObject({ isFinal: false });
    nowMs = END + 127 * MINUTE;
    await once(CLEAN);
    expect(await records.latestReport('default', 'dten')).toMatchObject({ isFinal: true });
    expect(tasks.at(-1)).toMatchObject({ isFinal: true });
  });

  it('goes on within the interval after its clock was put back an hour, and does not repeat itself', async () => {
    await records.putUpgrade('default', 'dten', DOCUMENT, nowMs);
    let latestMs = await followClock(
      parts(async () => CLEAN),
      Number.POSITIVE_INFINITY,
    );
    await once(CLEAN);
    nowMs -= 60 * MINUTE;
    latestMs = await followClock(
      parts(async () => CLEAN),
      latestMs,
    );
    expect(await once(CLEAN)).toBe(1);
    expect(await once(CLEAN)).toBe(0);
    expect(await records.latestReport('default', 'dten')).toMatchObject({ revision: 1, madeMs: nowMs });
  });

  it('takes an upgrade up again that it closed while its clock was an hour ahead, and closes it once more', async () => {
    await records.putUpgrade('default', 'dten', DOCUMENT, nowMs);
    const trueMs = nowMs;
    nowMs = END + 8 * MINUTE;
    let latestMs = await followClock(
      parts(async () => CLEAN),
      Number.POSITIVE_INFINITY,
    );
    await once(CLEAN);
    expect(await records.latestReport('default', 'dten')).toMatchObject({ isFinal: true });
    nowMs = trueMs + MINUTE;
    latestMs = await followClock(
      parts(async () => CLEAN),
      latestMs,
    );
    expect(await once(CLEAN)).toBe(1);
    expect(await records.latestReport('default', 'dten')).toMatchObject({ isFinal: false });
    nowMs = END + 8 * MINUTE;
    await followClock(
      parts(async () => CLEAN),
      latestMs,
    );
    expect(await once(CLEAN)).toBe(1);
    expect(await records.latestReport('default', 'dten')).toMatchObject({ revision: 3, isFinal: true });
  });

  it('does not close again what it closed rightly before its clock was put back', async () => {
    await records.putUpgrade('default', 'dten', DOCUMENT, nowMs);
    nowMs = END + 120 * MINUTE;
    const latestMs = await followClock(
      parts(async () => CLEAN),
      Number.POSITIVE_INFINITY,
    );
    await once(CLEAN);
    nowMs -= 60 * MINUTE;
    await followClock(
      parts(async () => CLEAN),
      latestMs,
    );
    await once(CLEAN);
    expect((await records.reports('default', 'dten', { after: null, limit: 9 })).rows).toHaveLength(1);
    expect(await records.upgrade('default', 'dten')).toMatchObject({ dueMs: null });
  });

  it('makes a report of a changed document even where it says the same', async () => {
    await records.putUpgrade('default', 'dten', DOCUMENT, nowMs);
    await once(CLEAN);
    nowMs += 1000;
    await records.putUpgrade('default', 'dten', `# noted\n${DOCUMENT}`, nowMs);
    await once(CLEAN);
    expect(await records.latestReport('default', 'dten')).toMatchObject({ revision: 2, madeMs: nowMs });
  });

  it('is due no later than the end, however long the interval', async () => {
    nowMs = END + 6.5 * MINUTE;
    await records.putUpgrade('default', 'dten', DOCUMENT, nowMs);
    await once(CLEAN);
    expect((await records.upgrade('default', 'dten'))?.dueMs).toBe(END + 7 * MINUTE);
  });

  it('shows what went wrong beside the upgrade, keeps the last report, and tries again later', async () => {
    await records.putUpgrade('default', 'dten', DOCUMENT, nowMs);
    await once(CLEAN);
    nowMs += MINUTE;
    await once(async () => {
      throw new AppError('unavailable', 'the telemetry store does not answer', { retryAfterSeconds: 5 });
    });
    expect(await records.upgrade('default', 'dten')).toMatchObject({
      trouble: 'the telemetry store does not answer',
      dueMs: nowMs + 5000,
    });
    expect(await records.latestReport('default', 'dten')).toMatchObject({ revision: 1 });
    expect(troubles).toHaveLength(1);
    nowMs += 5000;
    await once(CLEAN);
    expect(await records.upgrade('default', 'dten')).toMatchObject({ trouble: null });
  });

  it('goes on with the next upgrade where one fails, and says nothing of our own defects to readers', async () => {
    for (const name of ['bad', 'good']) {
      await records.putUpgrade('default', name, DOCUMENT.replace('name: dten', `name: ${name}`), nowMs);
    }
    const analyse = async (task: AnalysisTask) => {
      if (task.name === 'bad') throw new TypeError('secret detail');
      return CLEAN;
    };
    expect(await watchOnce(parts(analyse), new AbortController().signal)).toBe(2);
    expect(await records.latestReport('default', 'good')).toMatchObject({ verdict: 'no-regression' });
    expect((await records.upgrade('default', 'bad'))?.trouble).not.toContain('secret');
  });

  it('hands the analysis the SLOs, and the changes announced since shortly before the upgrade', async () => {
    await records.putSlo({ tenant: 'default', name: 'orders', document: 'slo', changedMs: 0 });
    const change = (id: string, atMs: number) => ({
      tenant: 'default',
      id,
      atMs,
      receivedMs: atMs,
      source: 'postflight',
      change: id,
    });
    await records.addChanges([
      change('old', START - 200 * MINUTE),
      change('in', START),
      change('next', START + MINUTE),
      change('after', START + 24 * 60 * MINUTE),
    ]);
    nowMs = START + 48 * 60 * MINUTE;
    await records.putUpgrade('default', 'dten', DOCUMENT, nowMs);
    await once(CLEAN);
    expect(tasks[0]).toMatchObject({ slos: [{ name: 'orders', text: 'slo' }], announced: ['in', 'next'], nowMs });
  });

  it('gives up what it analyses when it is stopped, due again at once', async () => {
    await records.putUpgrade('default', 'dten', DOCUMENT, nowMs);
    const stop = new AbortController();
    const analyse = async (): Promise<MadeReport> => {
      stop.abort();
      throw stop.signal.reason;
    };
    await watchOnce(parts(analyse), stop.signal);
    expect(await records.upgrade('default', 'dten')).toMatchObject({ dueMs: nowMs, trouble: null });
    expect(troubles).toEqual([]);
  });

  it('forgets no trouble because it is stopped: a gate that is shut stays shut', async () => {
    await records.putUpgrade('default', 'dten', DOCUMENT, nowMs);
    await once(async () => {
      throw new Error('no');
    });
    const trouble = (await records.upgrade('default', 'dten'))?.trouble;
    expect(trouble).not.toBeNull();
    nowMs += 10 * MINUTE;
    const stop = new AbortController();
    const analyse = async (): Promise<MadeReport> => {
      stop.abort();
      throw stop.signal.reason;
    };
    expect(await watchOnce(parts(analyse), stop.signal)).toBe(1);
    expect(await records.upgrade('default', 'dten')).toMatchObject({ trouble });
  });

  it('removes what is older than records are kept, and goes on', async () => {
    const change = { tenant: 'default', receivedMs: 0, source: 'test', change: '{}' };
    await records.addChanges([
      { ...change, id: 'old', atMs: nowMs - 25 * 60 * MINUTE },
      { ...change, id: 'new', atMs: nowMs - 23 * 60 * MINUTE },
    ]);
    await records.putUpgrade('default', 'dten', DOCUMENT, nowMs);
    const ending = new AbortController();
    const counts = new Promise<Forgotten>((resolve) => {
      forgotten = resolve;
    });
    const watching = watch(
      parts(async () => {
        ending.abort();
        return CLEAN;
      }),
      ending.signal,
    );
    expect(await counts).toEqual({ changes: 1, reports: 0, answers: 0 });
    await watching;
    expect(tasks).toHaveLength(1);
    expect((await records.changes('default', 0, nowMs)).map(({ id }) => id)).toEqual(['new']);
  });

  it('saves nothing where another process took the upgrade over meanwhile', async () => {
    await records.putUpgrade('default', 'dten', DOCUMENT, nowMs);
    await once(async () => {
      await records.claimDue('there', nowMs + 86_400_000, MINUTE, 1);
      return CLEAN;
    });
    expect(await records.latestReport('default', 'dten')).toBeNull();
    expect(settled).toEqual([]);
  });
});

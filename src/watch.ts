import { setTimeout as sleep } from 'node:timers/promises';
import { upgradeTimes } from './analysis/phases.ts';
import { type AnalysisTask, closesAtMs, type Reach } from './analyze-stored.ts';
import { AppError, withRemedy } from './domain/error.ts';
import type { Claim, Forgotten, Outcome, RecordStore, ReportRecord } from './domain/record-store.ts';
import type { ReportVerdict } from './domain/report.ts';
import { decodeUpgrade } from './domain/upgrade-document.ts';
import { addSteps, type Step, traced } from './tracing.ts';

/** The mission on one page: what is due → load → analyse → save; and what is old is removed. Any number of processes may watch the same records. */

export interface WatchParts {
  readonly records: RecordStore;
  readonly analyse: (task: AnalysisTask, signal: AbortSignal) => Promise<MadeReport>;
  /** The time of the latest telemetry of a tenant; NaN where it has none. */
  readonly latestMs: (tenant: string) => Promise<number>;
  readonly holder: string;
  readonly reach: Reach;
  /** How long after a report an open upgrade is due again. */
  readonly intervalMs: number;
  /** How long announced changes and superseded reports are kept. */
  readonly retentionMs: number;
  /** The clock that all watchers of the records share. */
  readonly now: () => number | Promise<number>;
  readonly onForgotten: (forgotten: Forgotten) => void;
  readonly onSettled: (settled: Settled) => void;
  readonly onTrouble: (trouble: Trouble) => void;
}

/** A report as it leaves the analysis: rendered where it was made. */
export interface MadeReport {
  readonly verdict: ReportVerdict;
  readonly digest: string;
  readonly json: string;
  /** What it took, for our traces. */
  readonly steps?: readonly Step[];
}

export interface Settled {
  readonly tenant: string;
  readonly upgrade: string;
  readonly verdict: ReportVerdict;
  readonly isFinal: boolean;
  /** False where neither the document nor what is concluded had changed since the last report. */
  readonly isNew: boolean;
  readonly tookMs: number;
}

export interface Trouble {
  readonly upgrade: string | null;
  readonly error: unknown;
}

/** An analysis that takes longer is someone else's to try. */
const LEASE_MS = 300_000;
/** Between two looks at the clock and at what is old. */
const MOST_A_ROUND = 8;
const IDLE_MS = 1000;
const AFTER_TROUBLE_MS = 60_000;
/** What fails may ask for no longer a wait: times beyond are taken for those of a clock that ran ahead. */
const LONGEST_WAIT_MS = 600_000;
const BETWEEN_REMOVALS_MS = 3_600_000;
/** Where no telemetry says that an upgrade is over, our own clock is believed so much later: it may be an hour ahead. */
const PATIENCE_MS = 7_200_000;
/** Changes announced this long before an upgrade may belong to it. */
const ANNOUNCED_BEFORE_MS = 3_600_000;

/** Goes on until the signal; an analysis under way is given up, and due again at once. */
export async function watch(parts: WatchParts, signal: AbortSignal): Promise<void> {
  let removesMs = Number.NEGATIVE_INFINITY;
  let latestMs = Number.POSITIVE_INFINITY;
  const look = async (): Promise<number> => {
    const beforeMs = latestMs;
    latestMs = await followClock(parts, latestMs);
    if (latestMs < beforeMs) removesMs = Math.min(removesMs, latestMs + BETWEEN_REMOVALS_MS);
    if (latestMs >= removesMs) {
      removesMs = latestMs + BETWEEN_REMOVALS_MS;
      await forgetOld(parts, latestMs);
    }
    return await watchOnce(parts, signal);
  };
  while (!signal.aborted) {
    const settled = await look().catch((error: unknown) => {
      if (!signal.aborted) parts.onTrouble({ upgrade: null, error });
      return 0;
    });
    if (settled === 0) await sleep(IDLE_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Where the clock was put back, what is done by a report of the future is not done. Answers what time it is. */
export async function followClock({ records, now }: WatchParts, latestMs: number): Promise<number> {
  const nowMs = await now();
  if (nowMs < latestMs) await records.putBack(nowMs);
  return nowMs;
}

/** What cannot be removed now is removed an hour later. */
async function forgetOld(parts: WatchParts, nowMs: number): Promise<void> {
  const { records, retentionMs, onForgotten, onTrouble } = parts;
  try {
    onForgotten(await records.forget(nowMs - retentionMs, nowMs));
  } catch (error) {
    onTrouble({ upgrade: null, error });
  }
}

/** Analyses what is due now, claimed one by one so that each has the whole of a lease, and answers how many upgrades that were. */
export async function watchOnce(parts: WatchParts, signal: AbortSignal): Promise<number> {
  const longestWaitMs = 2 * Math.max(parts.intervalMs, LONGEST_WAIT_MS);
  let count = 0;
  for (; count < MOST_A_ROUND && !signal.aborted; count++) {
    const [claim] = await parts.records.claimDue(parts.holder, await parts.now(), LEASE_MS, 1, longestWaitMs);
    if (claim === undefined) break;
    await settle(claim, parts, signal);
  }
  return count;
}

/** Whatever becomes of the analysis, the upgrade is free again afterwards. */
async function settle(claim: Claim, parts: WatchParts, signal: AbortSignal): Promise<void> {
  const { name, trouble } = claim.upgrade;
  try {
    signal.throwIfAborted();
    await traced('analyse upgrade', async (span) => {
      span.setAttribute('postflight.upgrade', name);
      await reportOn(claim, parts, signal);
    });
  } catch (error) {
    if (signal.aborted) {
      await parts.records.release(claim, await parts.now(), trouble);
      return;
    }
    await parts.records.release(claim, (await parts.now()) + waitAfter(error), describe(error));
    parts.onTrouble({ upgrade: name, error });
  }
}

async function reportOn(claim: Claim, parts: WatchParts, signal: AbortSignal): Promise<void> {
  const nowMs = await parts.now();
  const began = performance.now();
  const { tenant, name: upgrade, document: text } = claim.upgrade;
  const closesMs = closesAtMs(decodeUpgrade(text, upgrade), parts.reach);
  const isFinal = nowMs >= closesMs && (await isOver(tenant, closesMs, nowMs, parts));
  const task = await traced('load upgrade', () => taskOf(claim, parts, nowMs, isFinal));
  const made = await traced('run analysis', async () => {
    const report = await parts.analyse(task, signal);
    addSteps(report.steps ?? []);
    return report;
  });
  const againMs = (await parts.now()) + parts.intervalMs;
  const nextDueMs = isFinal ? null : nowMs < closesMs ? Math.min(againMs, closesMs) : againMs;
  const { verdict, digest, json: document } = made;
  const report = { madeMs: nowMs, verdict, digest, isFinal, document };
  const isNew = await traced('save report', () => save(claim, { report, nextDueMs }, parts.records));
  if (isNew === null) return;
  parts.onSettled({ tenant, upgrade, verdict, isFinal, isNew, tookMs: performance.now() - began });
}

/** Answers whether it says anything new; null where the upgrade is no longer ours to report on. */
async function save(claim: Claim, outcome: Outcome, records: RecordStore): Promise<boolean | null> {
  const { tenant, name, changedMs } = claim.upgrade;
  const isNew = isNewAfter(await records.latestReport(tenant, name), changedMs, outcome.report);
  if (isNew) return (await records.settle(claim, outcome)) ? true : null;
  await records.release(claim, outcome.nextDueMs, null);
  return false;
}

/** Telemetry of a later time has come: two clocks agree. */
async function isOver(tenant: string, closesMs: number, nowMs: number, { latestMs }: WatchParts): Promise<boolean> {
  return nowMs >= closesMs + PATIENCE_MS || (await latestMs(tenant)) >= closesMs;
}

/** A report that says the same of another document is another report. */
function isNewAfter(last: ReportRecord | null, changedMs: number, made: Outcome['report']): boolean {
  return last === null || last.madeMs < changedMs || last.document !== made.document || last.isFinal !== made.isFinal;
}

async function taskOf(
  claim: Claim,
  { records, reach }: WatchParts,
  nowMs: number,
  isFinal: boolean,
): Promise<AnalysisTask> {
  const { tenant, name, document } = claim.upgrade;
  const upgrade = decodeUpgrade(document, name);
  const { startMs, endMs = nowMs } = upgradeTimes(upgrade);
  const fromMs = (startMs ?? endMs) - ANNOUNCED_BEFORE_MS;
  const [slos, announced] = await Promise.all([
    records.slos(tenant),
    records.changes(tenant, fromMs, Math.min(nowMs, upgrade.post?.endMs ?? closesAtMs(upgrade, reach))),
  ]);
  return {
    tenant,
    name,
    document,
    slos: slos.map((slo) => ({ name: slo.name, text: slo.document })),
    announced: announced.map(({ change }) => change),
    reach,
    nowMs,
    isFinal,
  };
}

/** A store that asks for patience gets it; what fails otherwise is tried again a minute later, and shown meanwhile. */
function waitAfter(error: unknown): number {
  const asked = error instanceof AppError ? error.retryAfterSeconds : null;
  return asked === null ? AFTER_TROUBLE_MS : Math.min(asked * 1000, LONGEST_WAIT_MS);
}

/** For people to read beside the upgrade; what is not ours to say is in the log. */
function describe(error: unknown): string {
  if (!(error instanceof AppError)) return 'an error of Postflight; it is in the log';
  return withRemedy(error.message, error);
}

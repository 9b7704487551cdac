import { setTimeout as sleep } from 'node:timers/promises';
import { upgradeTimes } from './analysis/phases.ts';
import { type AnalysisTask, closesAtMs, type Reach } from './analyze-stored.ts';
import { AppError } from './domain/error.ts';
import type { Claim, RecordStore } from './domain/record-store.ts';
import type { ReportVerdict } from './domain/report.ts';
import { decodeUpgrade } from './domain/upgrade-document.ts';

/** The mission on one page: what is due → load → analyse → save. Any number of processes may watch the same records. */

export interface WatchParts {
  readonly records: RecordStore;
  readonly analyse: (task: AnalysisTask, signal: AbortSignal) => Promise<MadeReport>;
  readonly holder: string;
  readonly reach: Reach;
  /** How long after a report an open upgrade is due again. */
  readonly intervalMs: number;
  readonly now: () => number;
  readonly onSettled: (settled: Settled) => void;
  readonly onTrouble: (trouble: Trouble) => void;
}

/** A report as it leaves the analysis: rendered where it was made. */
export interface MadeReport {
  readonly verdict: ReportVerdict;
  readonly digest: string;
  readonly json: string;
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
const CLAIMS_AT_ONCE = 8;
const IDLE_MS = 1000;
const AFTER_TROUBLE_MS = 60_000;
/** Changes announced this long before an upgrade may belong to it. */
const ANNOUNCED_BEFORE_MS = 3_600_000;

/** Goes on until the signal; an analysis under way is given up, and due again at once. */
export async function watch(parts: WatchParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const settled = await watchOnce(parts, signal).catch((error: unknown) => {
      if (!signal.aborted) parts.onTrouble({ upgrade: null, error });
      return 0;
    });
    if (settled === 0) await sleep(IDLE_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Analyses what is due now and answers how many upgrades that were. */
export async function watchOnce(parts: WatchParts, signal: AbortSignal): Promise<number> {
  const claims = await parts.records.claimDue(parts.holder, parts.now(), LEASE_MS, CLAIMS_AT_ONCE);
  for (const claim of claims) {
    const { name } = claim.upgrade;
    try {
      signal.throwIfAborted();
      await reportOn(claim, parts, signal);
    } catch (error) {
      if (signal.aborted) {
        await parts.records.release(claim, parts.now(), null);
        continue;
      }
      await parts.records.release(claim, parts.now() + waitAfter(error), describe(error));
      parts.onTrouble({ upgrade: name, error });
    }
  }
  return claims.length;
}

async function reportOn(claim: Claim, parts: WatchParts, signal: AbortSignal): Promise<void> {
  const { records, reach } = parts;
  const nowMs = parts.now();
  const task = await taskOf(claim, parts, nowMs);
  const closesMs = closesAtMs(decodeUpgrade(task.document, task.name), reach);
  const made = await parts.analyse(task, signal);
  const isFinal = nowMs >= closesMs;
  const nextDueMs = isFinal ? null : Math.min(parts.now() + parts.intervalMs, closesMs);
  const last = await records.latestReport(task.tenant, task.name);
  const isAnswered = last !== null && last.madeMs >= claim.upgrade.changedMs;
  const isNew = !isAnswered || last.document !== made.json || last.isFinal !== isFinal;
  if (isNew || isFinal) {
    const { verdict, digest, json: document } = made;
    const report = { madeMs: nowMs, verdict, digest, isFinal, document };
    if (!(await records.settle(claim, { report, nextDueMs }))) return;
  } else {
    await records.release(claim, nextDueMs ?? nowMs, null);
  }
  const { tenant, name: upgrade } = task;
  parts.onSettled({ tenant, upgrade, verdict: made.verdict, isFinal, isNew, tookMs: parts.now() - nowMs });
}

async function taskOf({ upgrade }: Claim, { records, reach }: WatchParts, nowMs: number): Promise<AnalysisTask> {
  const { tenant, name, document } = upgrade;
  const { startMs = nowMs } = upgradeTimes(decodeUpgrade(document, name));
  const [slos, announced] = await Promise.all([
    records.slos(tenant),
    records.changes(tenant, startMs - ANNOUNCED_BEFORE_MS, nowMs),
  ]);
  return {
    tenant,
    name,
    document,
    slos: slos.map((slo) => ({ name: slo.name, text: slo.document })),
    announced: announced.map(({ change }) => change),
    reach,
    nowMs,
  };
}

/** A store that asks for patience gets it; what fails otherwise is tried again a minute later, and shown meanwhile. */
function waitAfter(error: unknown): number {
  const asked = error instanceof AppError ? error.retryAfterSeconds : null;
  return asked === null ? AFTER_TROUBLE_MS : asked * 1000;
}

/** For people to read beside the upgrade; what is not ours to say is in the log. */
function describe(error: unknown): string {
  return error instanceof AppError ? error.message : 'an error of Postflight; it is in the log';
}

import { setTimeout as sleep } from 'node:timers/promises';
import { upgradeTimes } from './analysis/phases.ts';
import { type AnalysisTask, closesAtMs, type Reach } from './analyze-stored.ts';
import { AppError } from './domain/error.ts';
import type { Claim, Forgotten, Outcome, RecordStore } from './domain/record-store.ts';
import type { ReportVerdict } from './domain/report.ts';
import { decodeUpgrade } from './domain/upgrade-document.ts';
import { addSteps, type Step, traced } from './tracing.ts';

/** The mission on one page: what is due → load → analyse → save; and what is old is removed. Any number of processes may watch the same records. */

export interface WatchParts {
  readonly records: RecordStore;
  readonly analyse: (task: AnalysisTask, signal: AbortSignal) => Promise<MadeReport>;
  readonly holder: string;
  readonly reach: Reach;
  /** How long after a report an open upgrade is due again. */
  readonly intervalMs: number;
  /** How long announced changes and superseded reports are kept. */
  readonly retentionMs: number;
  readonly now: () => number;
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
  /** False where the telemetry had not changed since the last report. */
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
const BETWEEN_REMOVALS_MS = 3_600_000;
/** Changes announced this long before an upgrade may belong to it. */
const ANNOUNCED_BEFORE_MS = 3_600_000;

/** Goes on until the signal; an analysis under way is given up, and due again at once. */
export async function watch(parts: WatchParts, signal: AbortSignal): Promise<void> {
  let removesMs = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    if (parts.now() >= removesMs) {
      removesMs = parts.now() + BETWEEN_REMOVALS_MS;
      await forgetOld(parts);
    }
    const settled = await watchOnce(parts, signal).catch((error: unknown) => {
      if (!signal.aborted) parts.onTrouble({ upgrade: null, error });
      return 0;
    });
    if (settled === 0) await sleep(IDLE_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** What cannot be removed now is removed an hour later. */
async function forgetOld({ records, retentionMs, now, onForgotten, onTrouble }: WatchParts): Promise<void> {
  try {
    onForgotten(await records.forget(now() - retentionMs, now()));
  } catch (error) {
    onTrouble({ upgrade: null, error });
  }
}

/** Analyses what is due now and answers how many upgrades that were. */
export async function watchOnce(parts: WatchParts, signal: AbortSignal): Promise<number> {
  const claims = await parts.records.claimDue(parts.holder, parts.now(), LEASE_MS, CLAIMS_AT_ONCE);
  for (const claim of claims) {
    const { name } = claim.upgrade;
    try {
      signal.throwIfAborted();
      await traced('analyse upgrade', async (span) => {
        span.setAttribute('postflight.upgrade', name);
        await reportOn(claim, parts, signal);
      });
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
  const nowMs = parts.now();
  const task = await traced('load upgrade', () => taskOf(claim, parts, nowMs));
  const closesMs = closesAtMs(decodeUpgrade(task.document, task.name), parts.reach);
  const made = await traced('run analysis', async () => {
    const report = await parts.analyse(task, signal);
    addSteps(report.steps ?? []);
    return report;
  });
  const isFinal = nowMs >= closesMs;
  const nextDueMs = isFinal ? null : Math.min(parts.now() + parts.intervalMs, closesMs);
  const { tenant, name: upgrade } = task;
  const { verdict, digest, json: document } = made;
  const report = { madeMs: nowMs, verdict, digest, isFinal, document };
  const isNew = await traced('save report', () => save(claim, { report, nextDueMs }, parts.records));
  if (isNew === null) return;
  parts.onSettled({ tenant, upgrade, verdict, isFinal, isNew, tookMs: parts.now() - nowMs });
}

/** Answers whether it says anything new; null where the upgrade is no longer ours to report on. */
async function save(claim: Claim, outcome: Outcome, records: RecordStore): Promise<boolean | null> {
  const { document, isFinal, madeMs } = outcome.report;
  const last = await records.latestReport(claim.upgrade.tenant, claim.upgrade.name);
  const isNew = last === null || last.document !== document || last.isFinal !== isFinal;
  if (isNew || isFinal) return (await records.settle(claim, outcome)) ? isNew : null;
  await records.release(claim, outcome.nextDueMs ?? madeMs, null);
  return false;
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

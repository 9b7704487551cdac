import { keptAttributes } from './analysis/exposure/exposure.ts';
import { upgradeTimes } from './analysis/phases.ts';
import { buildReport } from './analysis/report.ts';
import { withAnnounced } from './domain/announced-changes.ts';
import { namedSlos } from './domain/named-slos.ts';
import type { Report } from './domain/report.ts';
import { decodeAllSlos } from './domain/slo-document.ts';
import type { TelemetryStore } from './domain/telemetry-store.ts';
import type { Upgrade } from './domain/upgrade.ts';
import { decodeUpgrade } from './domain/upgrade-document.ts';
import type { Window } from './domain/window.ts';
import { createFolding } from './ingest/folding/folding.ts';

/** What an analysis of stored telemetry is a function of, beside the telemetry: plain values that cross threads. */
export interface AnalysisTask {
  readonly tenant: string;
  readonly name: string;
  /** The upgrade document. */
  readonly document: string;
  /** OpenSLO documents, by name. */
  readonly slos: readonly NamedText[];
  /** Announced changes, each as an entry of `spec.changes`. */
  readonly announced: readonly string[];
  readonly reach: Reach;
  readonly nowMs: number;
  /** No more telemetry is waited for. */
  readonly isFinal: boolean;
}

export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** How far around an upgrade telemetry is read where its document does not say. */
export interface Reach {
  readonly pastMs: number;
  readonly openMs: number;
}

/** The upper road: the same report as from files, from what the store kept. */
export async function analyzeStored(task: AnalysisTask, telemetry: Pick<TelemetryStore, 'replay'>): Promise<Report> {
  const upgrade = decodeUpgrade(task.document, task.name);
  const candidates = withAnnounced(upgrade.changes, task.announced);
  const naming = { text: task.document, place: task.name, names: upgrade.sloFiles };
  const { slos, findings } = decodeAllSlos(namedSlos(task.slos, naming));
  const window = readWindow(upgrade, task.reach, task.nowMs);
  const folding = createFolding({
    resolutionMs: upgrade.resolutionMs,
    indicators: upgrade.indicators,
    exposureAttributes: keptAttributes({ ...upgrade, changes: candidates }),
    from: window.startMs,
    to: window.endMs,
  });
  // What began before the end may have gone on after it: a request without its last attempts would be another one.
  const windows = [{ ...window, endMs: window.endMs + SETTLING_MS }];
  const request = { windows, resolutionMs: upgrade.resolutionMs };
  const { digest } = await telemetry.replay(task.tenant, request, folding.sink);
  const { cells, quality, points, firstMs, lastMs } = folding.finish();
  return buildReport({
    upgrade,
    announced: candidates.slice(upgrade.changes.length),
    slos,
    cells,
    firstMs,
    lastMs,
    quality: [...quality, ...findings],
    points,
    digest,
    reading: task.isFinal ? 'final' : 'live',
  });
}

/** Data is waited for this long after the end of post: clocks of senders may be five minutes behind, and they send each minute. */
const SETTLING_MS = 420_000;

/** When an upgrade gets its last report at the earliest. */
export function closesAtMs(upgrade: Upgrade, { openMs }: Reach): number {
  if (upgrade.post !== null) return upgrade.post.endMs + SETTLING_MS;
  const { startMs, endMs } = upgradeTimes(upgrade);
  return (endMs ?? startMs ?? 0) + openMs + SETTLING_MS;
}

/** One stretch from the earliest baseline, or a past long enough to calibrate on, to the end of post. */
function readWindow(upgrade: Upgrade, reach: Reach, nowMs: number): Window {
  const { startMs } = upgradeTimes(upgrade);
  const starts = upgrade.baseline.map((window) => window.startMs);
  if (startMs !== undefined) starts.push(startMs - reach.pastMs);
  const endMs = Math.min(nowMs, upgrade.post?.endMs ?? closesAtMs(upgrade, reach) - SETTLING_MS);
  return { startMs: Math.min(...starts, endMs), endMs };
}

import type { Cells } from '../domain/cells.ts';
import type { QualityFinding } from '../domain/quality.ts';
import type { InferredCandidate, InputWindow, ReadingKind, Report } from '../domain/report.ts';
import type { Slo } from '../domain/slo.ts';
import type { Change, Upgrade } from '../domain/upgrade.ts';
import { formatInstant, type Window } from '../domain/window.ts';
import { attribute } from './attribution/suspects.ts';
import { burnOf } from './budget.ts';
import { buildCallGraph } from './call-graph.ts';
import { compareAll } from './comparing/comparing.ts';
import { noteMovedLoad } from './course/moved-load.ts';
import { troubleOnset } from './course/trouble-onset.ts';
import { countedShares } from './exposure/counted-shares.ts';
import { exposureAttributes } from './exposure/exposure.ts';
import { candidatesOf } from './inferring/candidates-of.ts';
import type { InferredChange } from './inferring/inferred-change.ts';
import { knownPlaces } from './known-places.ts';
import { shownMechanisms, withMechanisms } from './mechanisms/shown-mechanisms.ts';
import { type Phases, resolvePhases } from './phases.ts';
import { bucketFindings } from './quality/bucket-quality.ts';
import { qualityOf } from './quality/quality.ts';
import { unknownServices } from './quality/unknown-services.ts';
import { emptyReason, emptyWindows } from './quality/windows.ts';
import { readingOf } from './reading.ts';
import { slicesOf } from './slices/slices.ts';
import { groupSubjects } from './subjects.ts';
import { overallVerdict } from './verdict.ts';

/** Everything a report is a function of. */
export interface ReportInput {
  readonly upgrade: Upgrade;
  /** Candidates beside those of the document; they move none of its windows, however many are announced while it is open. */
  readonly announced?: readonly Change[];
  readonly slos: readonly Slo[];
  readonly cells: Cells;
  /** First and last time in the data, for the windows the document leaves open. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** What the readers noticed. */
  readonly quality: readonly QualityFinding[];
  readonly points: number;
  readonly digest: string;
  /** Once, or again and again while data arrives; once where it is left out. */
  readonly reading?: ReadingKind;
}

/** The analysis, in the order it runs. */
export function buildReport(input: ReportInput): Report {
  const { slos, cells, announced = [] } = input;
  const phases = resolvePhases(input.upgrade, input.firstMs, input.lastMs);
  const shares = countedShares(cells.evaluations);
  const graph = buildCallGraph(cells.calls, input.upgrade.dependencies);
  const subjects = groupSubjects(cells, phases);
  const places = knownPlaces(cells);
  const candidates = candidatesOf(input.upgrade, announced, { cells, phases, shares, graph, subjects, places });
  const upgrade = { ...input.upgrade, changes: candidates.changes };
  const empty = emptyWindows(subjects, phases, input.upgrade, input);
  const reading = readingOf(input.reading ?? 'final', phases, upgrade.post !== null, input.lastMs);
  const context = { upgrade, slos, phases, graph, reading, shares, places };
  const compared = compareAll(subjects, context);
  const findings = noteMovedLoad(compared.findings, upgrade.margins.latency, phases);
  const shown = shownMechanisms(findings, context);
  const attribution = attribute(findings, context);
  const suspects = withMechanisms(attribution.suspects, shown);
  return {
    schema: 'postflight/report/v1',
    upgrade: upgrade.name,
    ...overallVerdict(findings, compared.quietPasts.regressed, emptyReason(empty)),
    onset: troubleOnset(findings),
    comparisons: findings.map((one) => {
      const { slices, search } = slicesOf(one, exposureAttributes(upgrade.changes), phases);
      return { ...one.comparison, shares: attribution.shares.get(one) ?? null, slices, slice_search: search };
    }),
    suspects,
    mechanisms: shown.map(({ mechanism }) => mechanism),
    budgets: slos.flatMap((slo) => burnOf(slo, subjects, context) ?? []),
    quality: [
      ...input.quality,
      ...qualityOf(cells, subjects, empty, context),
      ...unknownServices(places, input.upgrade),
      ...candidates.findings,
      ...bucketFindings(subjects, findings, slos, phases).filter(({ code }) => !isKnown(code, input)),
    ],
    inputs: {
      windows: shownWindows(phases),
      points: input.points,
      digest: input.digest,
      reading: reading.kind,
      changes: candidates.source,
      inferred: candidates.inferred.map(shownCandidate),
    },
    quiet_past: compared.quietPasts.regressed,
  };
}

/** The readers noticed the same within one stream. */
function isKnown(code: QualityFinding['code'], { quality }: ReportInput): boolean {
  return quality.some((finding) => finding.code === code);
}

function shownWindows(phases: Phases): Report['inputs']['windows'] {
  return {
    baseline: phases.baseline.map(shown),
    window: phases.window === null ? null : shown(phases.window),
    post: phases.post === null ? null : shown(phases.post),
  };
}

function shownCandidate({ id, atMs, lastMs, instances }: InferredChange): InferredCandidate {
  return { change: id, first: formatInstant(atMs), last: formatInstant(lastMs), instances };
}

function shown(window: Window): InputWindow {
  return { start: formatInstant(window.startMs), end: formatInstant(window.endMs) };
}

import { type CallGraph, type Vantage, vantageOf } from '../../call-graph.ts';
import type { Finding } from '../../comparing/comparing.ts';
import { looksWorse } from '../../comparison-strength.ts';

/** One comparison and where it was measured. */
export interface View {
  readonly finding: Finding;
  readonly vantage: Vantage;
}

/** What is seen of a service or a peer: by itself and by those who call it. */
export interface Place {
  readonly views: readonly View[];
  /** What got worse and points at this place rather than at the other end of a call. */
  readonly regressed: readonly Finding[];
}

export interface Places {
  at(name: string): Place;
  /** The place a comparison points at: where it was measured, or the end of a call that the others of its kind accuse. */
  pointedAt(finding: Finding): string;
  /** Calls to a place that a caller of its own accord makes again more often, which loads what it calls. */
  stormOn(name: string): Finding | null;
  readonly views: readonly View[];
}

/** `isCallersOwn`: calls that were shown to get worse with the caller's calls elsewhere. */
export function placesOf(
  findings: readonly Finding[],
  graph: CallGraph,
  isCallersOwn: (finding: Finding) => boolean,
): Places {
  const views = findings
    .filter(({ estimate }) => estimate !== null)
    .map((finding) => ({ finding, vantage: vantageOf(finding.subject, graph) }));
  const byCallee = groupedBy(views, ({ vantage }) => vantage.callee);
  const byCaller = groupedBy(views.filter(isCallersView), ({ vantage }) => vantage.caller!);
  const pointed = new Map<Finding, string>();
  for (const view of views) {
    const caller = isCallersOwn(view.finding) ? view.vantage.caller : null;
    pointed.set(view.finding, caller ?? pointOf(view, byCallee, byCaller));
  }
  const regressed = groupedBy(views.filter(hasRegressed), ({ finding }) => pointed.get(finding)!);
  return {
    at: (name) => ({
      views: byCallee.get(name) ?? [],
      regressed: (regressed.get(name) ?? []).map(({ finding }) => finding),
    }),
    pointedAt: (finding) => pointed.get(finding) ?? vantageOf(finding.subject, graph).callee,
    stormOn: (name) =>
      (byCallee.get(name) ?? []).find(
        (view) => isSentAgain(view) && isKnownOrLooksWorse(view) && pointed.get(view.finding) !== name,
      )?.finding ?? null,
    views,
  };
}

/** What a caller sends again is its own doing, unless something shows that the callee got worse. */
function isSentAgain({ finding }: View): boolean {
  return finding.indicator.about === 'attempts';
}

/**
 * Of the two ends of a call that got worse, the one for which more of what can be seen got worse: the hit ratio of a risk
 * model (Kompella et al., IP fault localization via risk modeling, NSDI 2005). A caller needs two callees to differ from one.
 */
function pointOf(
  { finding, vantage }: View,
  byCallee: ReadonlyMap<string, readonly View[]>,
  byCaller: ReadonlyMap<string, readonly View[]>,
): string {
  if (vantage.seenBy === 'callee' || vantage.caller === null) return vantage.callee;
  const seen = byCallee.get(vantage.callee) ?? [];
  if (isSentAgain({ finding, vantage })) {
    const isQuiet = !seen.some((view) => hasRegressed(view) && !isSentAgain(view));
    if (isQuiet || isAlone({ finding, vantage }, seen)) return vantage.caller;
  }
  const calls = ofIndicator(byCaller.get(vantage.caller) ?? [], finding);
  const worseCallees = new Set(calls.filter(hasRegressed).map((view) => view.vantage.callee));
  const answers = ofIndicator(seen, finding);
  return worseCallees.size > 1 && hitRatio(calls) > hitRatio(answers) ? vantage.caller : vantage.callee;
}

/** Where something is known to be worse, the cause of it is not asked again to stand out from everything compared. */
function isKnownOrLooksWorse(view: View): boolean {
  return hasRegressed(view) || looksWorse(view.finding.comparison);
}

/** Others call the same callee and try again no more often, and it answers with no more errors. */
function isAlone({ finding, vantage }: View, seen: readonly View[]): boolean {
  const others = ofIndicator(seen, finding).filter((view) => view.vantage.caller !== vantage.caller);
  const own = seen.filter((view) => !isCallersView(view) && !isTime(view.finding));
  return others.length > 0 && ![...others, ...own].some(hasRegressed);
}

export function isTime({ indicator }: Finding): boolean {
  return indicator.about === 'time';
}

function hitRatio(views: readonly View[]): number {
  return views.length === 0 ? 0 : views.filter(hasRegressed).length / views.length;
}

function ofIndicator(views: readonly View[], { indicator }: Finding): View[] {
  return views.filter(({ finding }) => finding.indicator.name === indicator.name);
}

export function hasRegressed({ finding }: View): boolean {
  return finding.comparison.verdict === 'regressed';
}

/** Shown to have stayed within its margin, or better. */
export function isWell({ finding: { comparison } }: View): boolean {
  return comparison.verdict === 'no-regression' || comparison.verdict === 'improved';
}

export function isCallersView({ vantage }: View): boolean {
  return vantage.caller !== null && vantage.seenBy === 'caller';
}

function groupedBy(views: readonly View[], keyOf: (view: View) => string): Map<string, View[]> {
  const groups = new Map<string, View[]>();
  for (const view of views) {
    const group = groups.get(keyOf(view));
    if (group) group.push(view);
    else groups.set(keyOf(view), [view]);
  }
  return groups;
}

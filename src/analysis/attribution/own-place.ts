import { formatPercent } from '../../domain/numbers.ts';
import type { Change } from '../../domain/upgrade.ts';
import type { CallGraph } from '../call-graph.ts';
import type { Reach } from '../candidates/candidate-kind.ts';
import { candidateKindOf } from '../candidates/index.ts';
import type { Finding } from '../comparing/comparing.ts';
import { named } from '../comparison-name.ts';
import { readExposure, type Sight } from '../exposure/exposure.ts';
import { largestMove, mostAdded, moveOf, ownPart } from './place/own-part.ts';
import { hasRegressed, isCallersView, isTime, isWell, type Place, type Places, placesOf } from './place/places.ts';
import { NEGLIGIBLE_SHARE } from './share-levels.ts';
import type { Standing, Testimony } from './standing.ts';
import { plainly } from './statement.ts';

/** Judges a change by the place it sits at: did its own service, or the calls to its peer, get worse? */
export interface OwnPlace {
  /**
   * Innocent where its place was shown to be well, downstream where something it calls got worse too, aligned where the
   * trail of what got worse ends at it; null where its place says nothing.
   */
  testify(change: Change, finding: Finding, reach: Reach): Testimony | null;
}

/** A place is well when at least this share of its comparisons was shown to be, and none got worse. */
const WELL_SHARE = 0.5;
/** A place that added at least this much of its move itself is where the trail ends, whatever it calls. */
const MAIN_SHARE = 0.5;

interface Hearing {
  readonly change: Change;
  /** The place it sits at. */
  readonly name: string;
  readonly place: Place;
  readonly finding: Finding;
  readonly places: Places;
  readonly graph: CallGraph;
  readonly changes: readonly Change[];
}

export function judgeOwnPlaces(
  findings: readonly Finding[],
  graph: CallGraph,
  changes: readonly Change[] = [],
  isCallersOwn: (finding: Finding) => boolean = () => false,
): OwnPlace {
  const places = placesOf(findings, graph, isCallersOwn);
  return {
    testify(change, finding) {
      const name = change.peer ?? change.service;
      if (name === null) return null;
      const hearing = { change, name, place: places.at(name), finding, places, graph, changes };
      return hearing.place.regressed.length === 0 ? ofQuietPlace(hearing) : ofWorsePlace(hearing);
    },
  };
}

/** Nothing at its place got worse: cleared if that was shown, unless what met it never reported. */
function ofQuietPlace(hearing: Hearing): Testimony | null {
  const { change, name, place, finding, places, graph } = hearing;
  const end = places.pointedAt(finding);
  if (isSilent(hearing)) {
    if (worseBehind(end, places, graph) !== null) return { ...said(hearing, 'open', silence(hearing)), emphasis: 0 };
    return said(hearing, 'aligned', `${silence(hearing)}, and nothing else behind ${end} got worse`);
  }
  const well = place.views.filter(isWell).length;
  if (well > 0 && well >= WELL_SHARE * place.views.length) {
    const sentence = `where it sits, ${name}, nothing got worse: ${well} of ${place.views.length} comparisons were shown to stay within their margins`;
    return { ...said(hearing, 'innocent', sentence), isAbsence: true, emphasis: looksWorst(place) };
  }
  if (name === end) return null;
  const most = mostAdded(place, finding);
  if (most !== null && most < NEGLIGIBLE_SHARE * moveOf(finding)) {
    const part = formatPercent(most / moveOf(finding));
    const sentence = `where it sits, ${name}, ${finding.indicator.name} can have added at most ${part} of the move of ${named(finding.comparison)}`;
    return { ...said(hearing, 'innocent', sentence), isAbsence: true, emphasis: looksWorst(place) };
  }
  if (graph.reachedFrom(name, null).has(end)) return downstream(hearing, finding, end);
  const sentence =
    place.views.length === 0
      ? `nothing was measured where ${change.id} sits, ${name}`
      : `where it sits, ${name}, nothing was found to get worse, but only ${well} of ${place.views.length} comparisons were shown to stay within their margins`;
  return { ...said(hearing, 'open', sentence), emphasis: looksWorst(place) };
}

/** Its kind can fail without a word, its service went on to report, and all that was reported is what ran before. */
function isSilent(hearing: Hearing): boolean {
  return candidateKindOf(hearing.change).mayStaySilent && sightAtHome(hearing) === 'unmet';
}

function silence({ change, name }: Hearing): string {
  return `of what met ${change.id}, ${name} reported nothing, only what ran before it: what it does there is seen by its callers alone`;
}

function sightAtHome({ change, places }: Hearing): Sight {
  const sights = places.views
    .filter(({ finding }) => finding.subject.service === change.service)
    .map(({ finding }) => readExposure(change, finding.subject.series).sight);
  return sights.includes('visible') ? 'visible' : sights.includes('unmet') ? 'unmet' : 'unseen';
}

function ofWorsePlace(hearing: Hearing): Testimony | null {
  const { name, finding, places, graph } = hearing;
  const end = places.pointedAt(finding);
  const storm = places.stormOn(name);
  if (storm !== null) {
    const sentence = `${named(storm.comparison)} got worse, of the caller's own accord: ${name} is asked more often`;
    return said(hearing, 'open', sentence);
  }
  const behind = worseBehind(name, places, graph);
  if (behind !== null && places.stormOn(behind.name)?.subject.service === name) return null;
  const own = behind === null ? null : ownPart(name, finding, places, graph);
  if (behind !== null && own !== null && own < NEGLIGIBLE_SHARE) return bystanding(hearing, behind.name, own);
  if (end !== name && graph.reachedFrom(name, null).has(end) && !graph.reachedFrom(end, null).has(name)) {
    return downstream(hearing, finding, end);
  }
  const judged = places.pointedAt(finding) === name ? [finding] : hearing.place.regressed;
  const bystanders = judged.map((one) => bystanderAsWorse(hearing, one));
  if (!bystanders.includes(null)) {
    const sentence = `${named(bystanders[0]!.comparison)} got worse by as much, which met no change and has nothing to do with ${name}`;
    return said(hearing, 'open', sentence);
  }
  if (behind !== null && (own === null || own < MAIN_SHARE)) return downstream(hearing, behind.finding, behind.name);
  return finding.subject.service === name && end === name && hearing.change.peer === null
    ? null
    : endOfTrail(hearing, own);
}

/** It only shows what comes from behind it. */
function bystanding(hearing: Hearing, callee: string, own: number): Testimony {
  const sentence = `it sits on ${hearing.name}, and what that calls, such as ${callee}, got worse by ${formatPercent(1 - own)} of what it did`;
  return { ...said(hearing, 'innocent', sentence), isAbsence: true };
}

function downstream(hearing: Hearing, worse: Finding, callee: string): Testimony {
  const sentence = `it sits on ${hearing.name}, which calls ${callee}; ${named(worse.comparison)} got worse too`;
  return said(hearing, 'downstream', sentence);
}

/** Of several places where the trail ends, the one that added most to the same indicator is the likelier. */
function endOfTrail(hearing: Hearing, own: number | null): Testimony {
  const { name, place, finding, places, change } = hearing;
  if (change.peer === null && isWaitedForOnly(place)) {
    const sentence = `callers wait longer for ${name}, but the time it takes itself was shown to stay within its margin`;
    return said(hearing, 'innocent', sentence);
  }
  const added = largestMove(name, finding, places);
  const whole = moveOf(finding);
  const part = whole > 0 ? Math.min(1, (added ?? 0) / whole) : 0;
  const where = named(place.regressed[0]!.comparison);
  if (added !== null && part < NEGLIGIBLE_SHARE) {
    const sentence = `${where} got worse, but by no more than ${formatPercent(part)} of the move of ${named(finding.comparison)}`;
    return { ...said(hearing, 'open', sentence), emphasis: part };
  }
  const sentence =
    own === null
      ? `${where} got worse, and nothing that ${name} calls did`
      : `${where} got worse, ${formatPercent(own)} of it beyond what ${name} calls added`;
  return { ...said(hearing, 'aligned', sentence), emphasis: part };
}

/** Only callers see it get slower; its own time was measured, and stayed. */
function isWaitedForOnly({ regressed, views }: Place): boolean {
  if (!regressed.every(isTime)) return false;
  const own = views.filter((view) => !isCallersView(view) && isTime(view.finding));
  const well = own.filter(isWell).length;
  return well > 0 && well >= WELL_SHARE * own.length && !own.some(hasRegressed);
}

/**
 * A service that met no change, asked by the same caller, neither behind the place nor before it, whose same indicator got
 * worse by as much: Gandalf's veto in space (Li et al., NSDI 2020).
 */
function bystanderAsWorse({ name, places, graph, changes }: Hearing, finding: Finding): Finding | null {
  const changed = new Set(changes.flatMap(({ service, peer }) => [service, peer]));
  const size = sizeOf(finding);
  const bystander = places.views.find((view) => {
    const { service } = view.finding.subject;
    if (!hasRegressed(view) || view.finding.indicator.name !== finding.indicator.name) return false;
    if (places.pointedAt(view.finding) !== service || changed.has(service) || sizeOf(view.finding) < size) return false;
    return (
      service !== name && !graph.reachedFrom(name, null).has(service) && !graph.reachedFrom(service, null).has(name)
    );
  });
  return bystander?.finding ?? null;
}

function sizeOf({ comparison: { effect } }: Finding): number {
  return Math.abs(effect?.estimate ?? 0);
}

/** A place behind `name` at which something points that got worse. */
function worseBehind(name: string, places: Places, graph: CallGraph): { name: string; finding: Finding } | null {
  for (const callee of graph.reachedFrom(name, null)) {
    if (callee === name) continue;
    const finding = places.at(callee).regressed[0];
    if (finding !== undefined) return { name: callee, finding };
  }
  return null;
}

/** How near the place is to having been found worse, at most half: 1 - the smallest p of what moved so and was not told. */
function looksWorst({ views }: Place): number {
  const suspected = views
    .filter((view) => !isWell(view) && !hasRegressed(view))
    .map(({ finding }) => finding.comparison);
  return Math.max(
    0,
    ...suspected.map(({ effect, better, p }) => {
      const worse = effect !== null && (better === 'higher' ? effect.estimate < 0 : effect.estimate > 0);
      return worse && better !== 'either' ? (1 - (p ?? 1)) / 2 : 0;
    }),
  );
}

function said({ change }: Hearing, standing: Standing, sentence: string): Testimony {
  return { change, standing, share: null, statements: [plainly(sentence)] };
}

import type { Change } from '../../domain/upgrade.ts';
import type { CallGraph } from '../call-graph.ts';
import type { Reach } from '../candidates/candidate-kind.ts';
import type { Finding } from '../comparing/comparing.ts';
import { named } from '../verdict.ts';
import type { Testimony } from './standing.ts';

/** Judges a change by the place it sits at: did its own service, or the calls to its peer, get worse? */
export interface OwnPlace {
  /**
   * Innocent where its place was shown to be well, downstream where something it calls got worse too, aligned where the
   * trail of what got worse ends at it; null where its place says nothing.
   */
  testify(change: Change, finding: Finding, reach: Reach): Testimony | null;
}

interface Place {
  readonly findings: readonly Finding[];
  readonly regressed: readonly Finding[];
  /** Comparisons shown to have stayed within their margins. */
  readonly well: number;
}

/** A place is well when at least this share of its comparisons was shown to be, and none got worse. */
const WELL_SHARE = 0.5;

export function judgeOwnPlaces(findings: readonly Finding[], graph: CallGraph): OwnPlace {
  const places = new Map<string, Place>();
  const placeOf = (name: string): Place => {
    const known = places.get(name);
    if (known) return known;
    const place = placeNamed(name, findings);
    places.set(name, place);
    return place;
  };
  return {
    testify(change, finding, reach) {
      const name = change.peer ?? change.service;
      if (name === null) return null;
      const place = placeOf(name);
      if (place.regressed.length === 0) return reach === 'callee' ? wellPlace(change, name, place) : null;
      const deeper = deepestRegressed(name, finding, placeOf, graph);
      if (deeper !== null) return downstreamOf(change, name, deeper);
      return reach === 'callee' || change.peer !== null ? endOfTrail(change, name, place, finding) : null;
    },
  };
}

function placeNamed(name: string, findings: readonly Finding[]): Place {
  const own = findings.filter(
    ({ subject, estimate }) => (subject.service === name || subject.peer === name) && estimate !== null,
  );
  return {
    findings: own,
    regressed: own.filter(({ comparison }) => comparison.verdict === 'regressed'),
    well: own.filter(({ comparison }) => comparison.verdict === 'no-regression' || comparison.verdict === 'improved')
      .length,
  };
}

function wellPlace(change: Change, name: string, { findings, well }: Place): Testimony | null {
  if (well === 0 || well < WELL_SHARE * findings.length) return null;
  const sentence = `where it sits, ${name}, nothing got worse: ${well} of ${findings.length} comparisons were shown to stay within their margins`;
  return { change, standing: 'innocent', share: null, sentences: [sentence] };
}

function downstreamOf(change: Change, name: string, deeper: Finding): Testimony {
  const callee = deeper.subject.peer ?? deeper.subject.service;
  const sentence = `it sits on ${name}, which calls ${callee}; ${named(deeper.comparison)} got worse too`;
  return { change, standing: 'downstream', share: null, sentences: [sentence] };
}

/** Of several places where the trail ends, the one that added most to the same indicator is the likelier. */
function endOfTrail(change: Change, name: string, { regressed }: Place, finding: Finding): Testimony {
  const added = Math.max(...regressed.filter(sameIndicator(finding)).map(moved), 0);
  const whole = moved(finding);
  const sentence = `${named(regressed[0]!.comparison)} got worse, and nothing that ${name} calls did`;
  const emphasis = whole > 0 ? Math.min(1, added / whole) : 0;
  return { change, standing: 'aligned', share: null, emphasis, sentences: [sentence] };
}

function sameIndicator(finding: Finding): (other: Finding) => boolean {
  return (other) => other.indicator.name === finding.indicator.name;
}

function moved({ comparison: { baseline, post } }: Finding): number {
  return baseline === null || post === null ? 0 : Math.abs(post - baseline);
}

/** A regressed place that `name` calls, other than the finding's own. */
function deepestRegressed(
  name: string,
  finding: Finding,
  placeOf: (name: string) => Place,
  graph: CallGraph,
): Finding | null {
  for (const callee of graph.reachedFrom(name, null)) {
    if (callee === name || callee === finding.subject.peer) continue;
    const regressed = placeOf(callee).regressed[0];
    if (regressed !== undefined) return regressed;
  }
  return null;
}

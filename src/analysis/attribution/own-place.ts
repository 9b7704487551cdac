import type { Change } from '../../domain/upgrade.ts';
import type { CallGraph } from '../call-graph.ts';
import type { Reach } from '../candidates/candidate-kind.ts';
import type { Finding } from '../comparing.ts';
import { named } from '../verdict.ts';
import type { Testimony } from './standing.ts';

/** Judges a change by the place it sits at: did its own service, or the calls to its peer, get worse? */
export interface OwnPlace {
  /** Null where its own place says nothing against it. */
  veto(change: Change, finding: Finding, reach: Reach): Testimony | null;
}

interface Place {
  readonly findings: readonly Finding[];
  readonly regressed: readonly Finding[];
}

export function judgeOwnPlaces(findings: readonly Finding[], graph: CallGraph): OwnPlace {
  const places = new Map<string, Place>();
  const placeOf = (name: string): Place => {
    const known = places.get(name);
    if (known) return known;
    const own = findings.filter(
      ({ subject, estimate }) => (subject.service === name || subject.peer === name) && estimate !== null,
    );
    const place = { findings: own, regressed: own.filter(({ comparison }) => comparison.verdict === 'regressed') };
    places.set(name, place);
    return place;
  };
  return {
    veto(change, finding, reach) {
      const name = change.peer ?? change.service;
      if (name === null) return null;
      const place = placeOf(name);
      if (reach === 'callee' && place.findings.length > 0 && place.regressed.length === 0) {
        return testimony(
          change,
          'innocent',
          `where it sits, ${name}, nothing got worse in ${place.findings.length} comparisons`,
        );
      }
      const deeper = deepestRegressed(name, finding, placeOf, graph);
      return deeper === null
        ? null
        : testimony(
            change,
            'downstream',
            `it sits on ${name}, which calls ${deeper.subject.peer ?? deeper.subject.service}; ${named(deeper.comparison)} got worse too`,
          );
    },
  };
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

function testimony(change: Change, standing: 'innocent' | 'downstream', sentence: string): Testimony {
  return { change, standing, share: null, sentences: [sentence] };
}

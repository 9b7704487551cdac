import { describeQuality, type QualityFinding } from '../../domain/quality.ts';
import type { Change } from '../../domain/upgrade.ts';
import type { CallGraph } from '../call-graph.ts';
import { candidateKindOf } from '../candidates/index.ts';
import type { Subject } from '../subjects.ts';

const MOST_NAMED = 3;

/** Who announces changes does so for all upgrades: those that nothing compared here could have met are counted, and left out. */
export function announcedHere(
  announced: readonly Change[],
  { subjects, graph }: { readonly subjects: readonly Subject[]; readonly graph: CallGraph },
): { readonly changes: readonly Change[]; readonly findings: readonly QualityFinding[] } {
  const known = new Map<string, boolean>();
  const isHere = (change: Change): boolean => {
    const place = JSON.stringify([change.kind, change.service, change.peer]);
    const told = known.get(place);
    if (told !== undefined) return told;
    const { reach } = candidateKindOf(change);
    const reaches = subjects.some((subject) => reach(change, subject, graph) !== 'none');
    known.set(place, reaches);
    return reaches;
  };
  const [changes, elsewhere]: [Change[], Change[]] = [[], []];
  for (const change of announced) (isHere(change) ? changes : elsewhere).push(change);
  return { changes, findings: elsewhere.length === 0 ? [] : [leftOut(elsewhere)] };
}

function leftOut(elsewhere: readonly Change[]): QualityFinding {
  const named = elsewhere.slice(0, MOST_NAMED).map(({ id }) => id);
  return describeQuality('announced-elsewhere', `${elsewhere.length}: ${named.join(', ')}`, named[0]!);
}

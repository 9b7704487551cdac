import { type CellSeries, type Cells, REQUESTS } from '../domain/cells.ts';
import { compareTexts } from '../domain/text-order.ts';
import { NEITHER, type Phases, phaseOf } from './phases.ts';

/** What one comparison is about: the traffic of an endpoint (towards a peer), or a named series there. */
export interface Subject {
  readonly service: string;
  readonly endpoint: string | null;
  readonly peer: string | null;
  /** `REQUESTS` or the name of a named indicator. */
  readonly measure: string;
  readonly source: 'metrics' | 'spans';
  readonly series: readonly CellSeries[];
}

/** Spans that cover less of the traffic than this were sampled: metrics are the better witness. */
const COMPLETE_SHARE = 0.95;

/**
 * Groups series into subjects, in the order of their keys. Where metrics and spans both saw an endpoint, spans are
 * used if they are complete, since they also carry flags and retries; they are never added together.
 */
export function groupSubjects(cells: Cells, phases: Phases): Subject[] {
  const groups = new Map<string, Subject & { series: CellSeries[] }>();
  for (const series of cells.series) {
    const { service, endpoint, peer, source } = series.key;
    const name = JSON.stringify([service, endpoint, peer, series.measure, source]);
    const group = groups.get(name);
    if (group) group.series.push(series);
    else groups.set(name, { service, endpoint, peer, measure: series.measure, source, series: [series] });
  }
  const subjects = [...groups.values()];
  const traffic = new Map(subjects.map((subject) => [subject, comparedRequests(subject, phases)]));
  return subjects.filter((subject) => isBestWitness(subject, subjects, traffic)).sort(bySubject);
}

function isBestWitness(subject: Subject, all: readonly Subject[], traffic: ReadonlyMap<Subject, number>): boolean {
  if (subject.measure !== REQUESTS) return true;
  const rivals = all.filter((other) => other.source !== subject.source && seesSameTraffic(subject, other));
  if (rivals.length === 0) return true;
  const own = traffic.get(subject) ?? 0;
  const theirs = rivals.reduce((sum, rival) => sum + (traffic.get(rival) ?? 0), 0);
  return subject.source === 'spans' ? own >= COMPLETE_SHARE * theirs : theirs < COMPLETE_SHARE * own;
}

/** Client metrics know no caller endpoint: all spans from that service to the peer see what they saw. */
function seesSameTraffic(subject: Subject, other: Subject): boolean {
  if (other.measure !== REQUESTS || other.service !== subject.service || other.peer !== subject.peer) return false;
  if (other.endpoint === subject.endpoint) return true;
  const metrics = subject.source === 'metrics' ? subject : other;
  return subject.peer !== null && metrics.endpoint === null && subject.source === 'metrics';
}

function comparedRequests(subject: Subject, phases: Phases): number {
  let total = 0;
  for (const series of subject.series) {
    const counted = series.attempts ?? series.count;
    for (let row = 0; row < series.block.length; row++) {
      if (phaseOf(phases, series.block[row]!) !== NEITHER) total += counted[row]!;
    }
  }
  return total;
}

function bySubject(left: Subject, right: Subject): number {
  return (
    compareTexts(left.service, right.service) ||
    compareTexts(left.endpoint ?? '', right.endpoint ?? '') ||
    compareTexts(left.peer ?? '', right.peer ?? '') ||
    compareTexts(left.measure, right.measure) ||
    compareTexts(left.source, right.source)
  );
}

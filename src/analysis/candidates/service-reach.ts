import type { Change } from '../../domain/upgrade.ts';
import { type CallGraph, reachedBehind } from '../call-graph.ts';
import type { Subject } from '../subjects.ts';
import type { Reach } from './candidate-kind.ts';

/** Reach of a change that sits on a service; one that names no service may have touched anything. */
export function serviceReach(change: Change, subject: Subject, graph: CallGraph): Reach {
  if (change.service === null || change.service === subject.service) return 'direct';
  if (subject.peer !== null && graph.isSame(subject.peer, change.service)) return 'direct';
  return reachedBehind(subject, graph).has(change.service) ? 'callee' : 'none';
}

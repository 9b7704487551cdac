import { reachedBehind } from '../call-graph.ts';
import type { CandidateKind } from './candidate-kind.ts';

export const dependency: CandidateKind = {
  exposureRule: () => null,
  reach(change, subject, graph) {
    if (change.peer === null) return 'none';
    if (subject.peer === change.peer || subject.service === change.peer) return 'direct';
    return reachedBehind(subject, graph).has(change.peer) ? 'callee' : 'none';
  },
  separatingStep: (change) =>
    `replay a sample of requests against ${change.peer ?? change.id} from an instance that met no other change`,
  isPartial: false,
  mayStaySilent: false,
  separatingCost: 4,
};

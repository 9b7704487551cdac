import type { CandidateKind } from './candidate-kind.ts';

export const dependency: CandidateKind = {
  exposureRule: () => null,
  reach(change, subject, graph) {
    if (change.peer === null) return 'none';
    if (subject.peer === change.peer || subject.service === change.peer) return 'direct';
    return graph.reachedFrom(subject.service, subject.endpoint).has(change.peer) ? 'callee' : 'none';
  },
  separatingStep: (change) =>
    `replay a sample of requests against ${change.peer ?? change.id} from an instance that met no other change`,
  isPartial: false,
  separatingCost: 4,
};

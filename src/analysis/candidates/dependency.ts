import { reachedBehind } from '../call-graph.ts';
import { changeName, type InferredChange, mergedChanges, timesOf } from '../inferring/inferred-change.ts';
import { newPeers } from '../inferring/new-peers.ts';
import type { CandidateKind } from './candidate-kind.ts';

export const dependency: CandidateKind = {
  exposureRule: () => null,
  exposedPeer: (change) => (change.exposure === null ? change.peer : null),
  infer(cells, phases) {
    const byPeer = new Map<string, InferredChange[]>();
    for (const { peer, ...found } of newPeers(cells, phases)) {
      const change = {
        id: changeName(['peer', peer]),
        kind: 'dependency',
        service: null,
        peer,
        subject: null,
        from: null,
        to: null,
        exposure: null,
        ...timesOf(found, cells.resolutionMs),
      };
      byPeer.set(peer, [...(byPeer.get(peer) ?? []), change]);
    }
    return [...byPeer.values()].map((changes) => mergedChanges(changes, {}));
  },
  reach(change, subject, graph) {
    if (change.peer === null) return 'none';
    const { peer } = change;
    if ([subject.service, subject.peer].some((name) => name !== null && graph.isSame(name, peer))) return 'direct';
    return reachedBehind(subject, graph).has(peer) ? 'callee' : 'none';
  },
  separatingStep: (change) =>
    `replay a sample of requests against ${change.peer ?? change.id} from an instance that met no other change`,
  isPartial: false,
  mayStaySilent: false,
  separatingCost: 4,
};

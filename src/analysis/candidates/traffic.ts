import type { CandidateKind } from './candidate-kind.ts';
import { serviceReach } from './service-reach.ts';

export const traffic: CandidateKind = {
  exposureRule: () => null,
  infer: () => [],
  exposedPeer: () => null,
  reach: serviceReach,
  separatingStep: (change) => `send the old share of the traffic of ${change.id} to one instance`,
  isPartial: false,
  mayStaySilent: false,
  separatingCost: 4,
};

import type { CandidateKind } from './candidate-kind.ts';
import { onService, serviceReach } from './service-reach.ts';

export const traffic: CandidateKind = {
  exposureRule: () => null,
  reach: serviceReach,
  describe: (change) => `the traffic change ${change.id}${onService(change)}`,
  separatingStep: (change) => `send the old share of the traffic of ${change.id} to one instance`,
  separatingCost: 4,
};

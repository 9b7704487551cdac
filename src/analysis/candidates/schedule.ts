import type { CandidateKind } from './candidate-kind.ts';
import { onService, serviceReach } from './service-reach.ts';

export const schedule: CandidateKind = {
  exposureRule: () => null,
  reach: serviceReach,
  describe: (change) => `the scheduled job ${change.id}${onService(change)}`,
  separatingStep: (change) => `pause the scheduled job ${change.id}`,
  separatingCost: 2,
};

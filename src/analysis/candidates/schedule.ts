import type { CandidateKind } from './candidate-kind.ts';
import { serviceReach } from './service-reach.ts';

export const schedule: CandidateKind = {
  exposureRule: () => null,
  infer: () => [],
  exposedPeer: () => null,
  reach: serviceReach,
  separatingStep: (change) => `pause the scheduled job ${change.id}`,
  isPartial: false,
  mayStaySilent: false,
  separatingCost: 2,
};

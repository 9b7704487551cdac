import type { CandidateKind } from './candidate-kind.ts';
import { serviceReach } from './service-reach.ts';

export const flag: CandidateKind = {
  exposureRule: (change) =>
    change.subject === null || change.to === null
      ? null
      : { attribute: `feature_flag.${change.subject}`, value: change.to },
  reach: serviceReach,
  separatingStep: (change, part) =>
    `turn the flag ${change.subject ?? change.id} back to ${change.from ?? 'off'} on ${part}`,
  isPartial: true,
  mayStaySilent: false,
  separatingCost: 1,
};

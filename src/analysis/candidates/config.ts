import type { CandidateKind } from './candidate-kind.ts';
import { serviceReach } from './service-reach.ts';

export const config: CandidateKind = {
  exposureRule: (change) =>
    change.subject === null || change.to === null ? null : { attribute: `config.${change.subject}`, value: change.to },
  reach: serviceReach,
  separatingStep: (change, part) =>
    `set ${change.subject ?? change.id} back to ${change.from ?? 'its old value'} on ${part}`,
  isPartial: true,
  mayStaySilent: false,
  separatingCost: 2,
};

import type { CandidateKind } from './candidate-kind.ts';
import { fromTo, onService, serviceReach } from './service-reach.ts';

export const config: CandidateKind = {
  exposureRule: (change) =>
    change.subject === null || change.to === null ? null : { attribute: `config.${change.subject}`, value: change.to },
  reach: serviceReach,
  describe: (change) => `the config key ${change.subject ?? change.id}${onService(change)}${fromTo(change)}`,
  separatingStep: (change) =>
    `set ${change.subject ?? change.id} back to ${change.from ?? 'its old value'} on half of the instances`,
  separatingCost: 2,
};

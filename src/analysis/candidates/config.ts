import { changeOf } from '../inferring/inferred-change.ts';
import { namesInstances } from '../inferring/value-history.ts';
import type { CandidateKind } from './candidate-kind.ts';
import { newSettings, prefixedHistories } from './carried-values.ts';
import { serviceReach } from './service-reach.ts';

const PREFIX = 'config.';

export const config: CandidateKind = {
  exposureRule: (change) =>
    change.subject === null || change.to === null
      ? null
      : { attribute: `${PREFIX}${change.subject}`, value: change.to },
  infer(cells, phases) {
    const histories = prefixedHistories(cells, PREFIX).filter((history) => !namesInstances(history, phases));
    return newSettings(histories, cells, phases).map((found) => {
      const stated = { kind: 'config', subject: found.name };
      return changeOf(found, cells.resolutionMs, stated, [found.service, 'config', found.name]);
    });
  },
  reach: serviceReach,
  separatingStep: (change, part) =>
    `set ${change.subject ?? change.id} back to ${change.from ?? 'its old value'} on ${part}`,
  isPartial: true,
  separatingCost: 2,
};

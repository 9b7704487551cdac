import { CONFIG_PREFIX } from '../../domain/cells.ts';
import { changeOf } from '../inferring/inferred-change.ts';
import { namesInstances, tellsKinds } from '../inferring/value-history.ts';
import type { CandidateKind } from './candidate-kind.ts';
import { newSettings, prefixedHistories } from './carried-values.ts';
import { serviceReach } from './service-reach.ts';

export const config: CandidateKind = {
  exposureRule: (change) =>
    change.subject === null || change.to === null
      ? null
      : { attribute: `${CONFIG_PREFIX}${change.subject}`, value: change.to },
  infer(cells, phases) {
    const histories = prefixedHistories(cells, CONFIG_PREFIX).filter((history) => !namesInstances(history, phases));
    const found = histories.flatMap((history) =>
      newSettings([history], cells, phases).filter(({ to }) => !tellsKinds(history, to, phases)),
    );
    return found.map((one) => {
      const stated = { kind: 'config', subject: one.name };
      return changeOf(one, cells.resolutionMs, stated, [one.service, 'config', one.name]);
    });
  },
  exposedPeer: () => null,
  reach: serviceReach,
  separatingStep: (change, part) =>
    `set ${change.subject ?? change.id} back to ${change.from ?? 'its old value'} on ${part}`,
  isPartial: true,
  mayStaySilent: false,
  separatingCost: 2,
};

import { changeOf } from '../inferring/inferred-change.ts';
import type { CandidateKind } from './candidate-kind.ts';
import { newVersions } from './carried-values.ts';
import { serviceReach } from './service-reach.ts';

export const binary: CandidateKind = {
  exposureRule: (change) => (change.to === null ? null : { attribute: 'service.version', value: change.to }),
  infer: (cells, phases) =>
    newVersions(cells, phases).map((found) => changeOf(found, cells.resolutionMs, { kind: 'binary' }, [found.service])),
  exposedPeer: () => null,
  reach: serviceReach,
  separatingStep: (change, part) =>
    `roll ${change.service ?? change.id} back to ${change.from ?? 'the old version'} on ${part}`,
  isPartial: true,
  mayStaySilent: true,
  separatingCost: 3,
};

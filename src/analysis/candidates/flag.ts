import { BETWEEN_VARIANTS, type Cells, FLAG_PREFIX } from '../../domain/cells.ts';
import { changeName, changeOf, type InferredChange, mergedChanges } from '../inferring/inferred-change.ts';
import { evaluationHistories, type ValueHistory } from '../inferring/value-history.ts';
import type { CandidateKind } from './candidate-kind.ts';
import { newSettings, prefixedHistories } from './carried-values.ts';
import { serviceReach } from './service-reach.ts';

export const flag: CandidateKind = {
  exposureRule: (change) =>
    change.subject === null || change.to === null
      ? null
      : { attribute: `${FLAG_PREFIX}${change.subject}`, value: change.to },
  infer(cells, phases) {
    const found = newSettings(flagHistories(cells), cells, phases).map((one) => {
      const stated = { kind: 'flag', subject: one.name };
      return changeOf(one, cells.resolutionMs, stated, [one.service, 'flag', one.name]);
    });
    return acrossServices(found);
  },
  exposedPeer: () => null,
  reach: serviceReach,
  separatingStep: (change, part) =>
    `turn the flag ${change.subject ?? change.id} back to ${change.from ?? 'off'} on ${part}`,
  isPartial: true,
  mayStaySilent: false,
  separatingCost: 1,
};

/** Flags that traffic carried; of services whose traffic carries one nowhere, what its processes evaluated it to. */
function flagHistories(cells: Cells): ValueHistory[] {
  const carried = prefixedHistories(cells, FLAG_PREFIX);
  const known = new Set(carried.map(({ service, name }) => JSON.stringify([service, name])));
  const evaluated = evaluationHistories(cells.evaluations, (flag) => flag);
  return [...carried, ...evaluated.filter(({ service, name }) => !known.has(JSON.stringify([service, name])))].map(
    withoutMixtures,
  );
}

/** A request that met several variants is no variant of its own. */
function withoutMixtures(history: ValueHistory): ValueHistory {
  const isMixture = (value: string): boolean => {
    const parts = value.split(BETWEEN_VARIANTS);
    return parts.length > 1 && parts.every((part) => history.values.has(part));
  };
  return { ...history, values: new Map([...history.values].filter(([value]) => !isMixture(value))) };
}

/** A flag is set where flags are kept, not in one service: the same move in several of them is one change. */
function acrossServices(changes: readonly InferredChange[]): InferredChange[] {
  const groups = new Map<string, InferredChange[]>();
  for (const change of changes) {
    const key = JSON.stringify([change.subject, change.to]);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()].map((group) => {
    const [first, ...others] = group;
    if (others.length === 0) return first!;
    const from = group.every((one) => one.from === first!.from) ? first!.from : null;
    const move = from === null ? ['->', first!.to!] : [from, '->', first!.to!];
    return mergedChanges(group, { service: null, from, id: changeName(['flag', first!.subject!, ...move]) });
  });
}

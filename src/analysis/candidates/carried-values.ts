import type { Cells } from '../../domain/cells.ts';
import { type NewValue, newValues } from '../inferring/new-values.ts';
import { type ValueHistory, valueHistories } from '../inferring/value-history.ts';
import type { Phases } from '../phases.ts';

/** New versions of every service. */
export function newVersions(cells: Cells, phases: Phases): NewValue[] {
  const histories = valueHistories(cells, ({ key }) => (key.version === null ? [] : [['', key.version]]));
  return histories.flatMap((history) => newValues(history, phases));
}

/** Histories of the attributes under a prefix, named without it. */
export function prefixedHistories(cells: Cells, prefix: string): ValueHistory[] {
  return valueHistories(cells, ({ key }) =>
    [...key.attributes]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value] as const),
  );
}

/**
 * Values that came over a service, without what its new binary brought along: a key that was not there before says nothing
 * by its first value, and is that binary's where both were first seen together.
 */
export function newSettings(histories: readonly ValueHistory[], cells: Cells, phases: Phases): NewValue[] {
  let versions: readonly NewValue[] | null = null;
  return histories.flatMap((history) => {
    const found = newValues(history, phases);
    const [first, ...others] = found;
    if (first === undefined || first.from !== null) return found;
    versions ??= newVersions(cells, phases);
    const isBrought = versions.some(
      ({ service, firstBlock }) => service === history.service && Math.abs(firstBlock - first.firstBlock) <= 1,
    );
    const later = others.map((one) => ({ ...one, from: first.to }));
    return isBrought || others.length > 0 ? later : found;
  });
}

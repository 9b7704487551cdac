import type { SlicesAlike } from '../../domain/report.ts';
import type { Interval } from '../../statistics/mover.ts';
import { FALSE_DISCOVERY_RATE } from '../comparing/decision.ts';
import { smallestVisible } from './move-beside.ts';
import type { SingleValue } from './single-values.ts';

/** Values that could have been seen to differ: fewer are no ground for a claim. */
const FEWEST_VALUES = 2;
/** Of the move: where only more than this would have shown, nothing is said of being alike. */
const LARGEST_UNSEEN = 0.5;

/**
 * Where no value moved otherwise than the rest, though some have traffic enough: had one of them moved half as much again, or half
 * as much, it would have shown. Null where one did, or too few could have been told.
 */
export function everywhereAlike(singles: readonly SingleValue[], total: Interval | null): SlicesAlike | null {
  if (total === null || total.estimate === 0 || singles.some(({ q }) => q <= FALSE_DISCOVERY_RATE)) return null;
  const alpha = FALSE_DISCOVERY_RATE / singles.length;
  const told = singles.flatMap((one) => {
    const visible = smallestVisible(one.beside, alpha) / Math.abs(total.estimate);
    return visible <= LARGEST_UNSEEN ? [{ attribute: one.attribute, visible }] : [];
  });
  if (told.length < FEWEST_VALUES) return null;
  return {
    values: told.length,
    attributes: [...new Set(told.map(({ attribute }) => attribute))],
    untold: singles.length - told.length,
    smallest_visible: Math.max(...told.map(({ visible }) => visible)),
  };
}

import { type ShapeOfMove, shapeOfMove } from './gradual-move.ts';
import { largestLevelShift } from './level-shift.ts';
import { cusumOnset, knownPoints, type Onset } from './onset.ts';

export interface OnsetOfMove extends Onset {
  readonly shape: ShapeOfMove['shape'];
  /** First point of the last level: `index` where the move was one step. */
  readonly end: number;
}

/** Two places were tried for the change that is tested: the largest one and the first one. */
const PLACES_TRIED = 2;

/**
 * When a series left its old level for good. The largest change of level is where it began, unless two steps or a climb fit
 * significantly better: then it began with the first departure, at `earliest` or later. The interval allows for a climb that
 * began too slowly to tell it from a step.
 */
export function onsetOfMove(
  values: ArrayLike<number>,
  weights: ArrayLike<number>,
  earliest: number,
): OnsetOfMove | null {
  const step = cusumOnset(values, weights);
  if (step === null) return null;
  const known = knownPoints(values, weights);
  const { positions } = known;
  const firstKnown = positions.findIndex((position) => position >= earliest);
  const move = firstKnown < 0 ? null : shapeOfMove(known.values, known.weights, firstKnown);
  if (move === null) return { ...step, shape: 'step', end: step.index };
  const at = (point: number): number => positions[Math.max(0, Math.min(positions.length - 1, point))]!;
  if (move.shape === 'step') {
    return { ...step, low: Math.min(step.low, at(move.low)), shape: 'step', end: step.index };
  }
  const first = largestLevelShift(known.values.slice(0, move.end), known.weights.slice(0, move.end));
  return {
    ...step,
    index: at(move.start),
    low: at(move.low),
    high: at(move.high),
    p: Math.min(1, step.p, PLACES_TRIED * (first?.p ?? 1)),
    shape: move.shape,
    end: at(move.end),
  };
}

import { type ShapeOfMove, shapeOfMove } from './gradual-move.ts';
import { departureFromLevel } from './level-departure.ts';
import { withoutLoneOutliers } from './level-shift.ts';
import { cusumOnset, type KnownPoints, knownPoints, type Onset } from './onset.ts';

export interface OnsetOfMove extends Onset {
  readonly shape: ShapeOfMove['shape'];
  /** First point of the last level: `index` where the move was one step. */
  readonly end: number;
  /** Whether a move is clear at 5 %, as a step or as what fits better. */
  readonly isClear: boolean;
}

const LEVEL = 0.05;
const FEWEST = 3;

interface Place {
  readonly index: number;
  readonly low: number;
  readonly high: number;
}

/**
 * When a series left its old level for good. The largest change of level is where it began, unless two steps or a climb fit
 * significantly better: then it began with the first departure, at `earliest` or later. So it did where the old level was too
 * quiet for what came between. The interval allows for a climb that began too slowly to tell it from a step.
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
  const first = positions.findIndex((position) => position >= earliest);
  const move = first < 0 ? null : shapeOfMove(known.values, known.weights, first);
  const ofStep = {
    index: positions.indexOf(step.index),
    low: positions.indexOf(step.low),
    high: positions.indexOf(step.high),
  };
  if (move === null) return { ...step, shape: 'step', end: step.index, isClear: step.p < LEVEL };
  const isStep = move.shape === 'step';
  const fitted: Place = isStep
    ? { ...ofStep, low: Math.min(ofStep.low, move.low) }
    : { index: move.start, low: move.low, high: move.high };
  const place = firstDeparture(known, fitted, first, Math.abs(step.after - step.before));
  const at = (point: number): number => positions[Math.max(0, Math.min(positions.length - 1, point))]!;
  return {
    ...step,
    index: at(place.index),
    low: at(place.low),
    high: at(place.high),
    shape: move.shape,
    end: at(isStep ? ofStep.index : move.end),
    isClear: step.p < LEVEL || move.isClear,
  };
}

/** Where the noise differs on both sides, the places that the noise of the old level allows. */
function firstDeparture({ values, weights }: KnownPoints, found: Place, first: number, height: number): Place {
  const earliest = Math.max(FEWEST, first);
  const last = values.length - FEWEST;
  if (found.index < earliest || last <= earliest) return found;
  const calm = withoutLoneOutliers(values, FEWEST);
  const { index, low, high, isUnequal } = departureFromLevel(calm, weights, { earliest, last, height });
  if (!isUnequal || found.index < low) return found;
  return { index: found.index <= high ? found.index : index, low: low - 1, high: high + 1 };
}

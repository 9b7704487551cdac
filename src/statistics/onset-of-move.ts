import { cusumOnset, knownPoints, type Onset } from './onset.ts';
import { type ShapeOfMove, shapeOfMove } from './shape-of-move.ts';

export interface OnsetOfMove extends Onset {
  readonly shape: ShapeOfMove['shape'];
  /** First point of the last level: `index` where the move was one step. */
  readonly end: number;
  /** Whether a move is clear at 5 %, as a step or as what fits better. */
  readonly isClear: boolean;
}

const LEVEL = 0.05;

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
  const { positions, values: known, weights: knownWeights } = knownPoints(values, weights);
  const first = positions.findIndex((position) => position >= earliest);
  const height = Math.abs(step.after - step.before);
  const move = first < 0 ? null : shapeOfMove(known, knownWeights, first, height);
  const asStep: OnsetOfMove = {
    ...step,
    shape: 'step',
    end: step.index,
    isClear: step.p < LEVEL || move?.isClear === true,
  };
  if (move === null) return asStep;
  const at = (point: number): number => positions[Math.max(0, Math.min(positions.length - 1, point))]!;
  if (move.shape === 'step' && move.noises === 1) return { ...asStep, low: Math.min(step.low, at(move.low)) };
  // The old level may have been left before the first point that could be told from it: then the step came in the baseline.
  if (move.shape === 'step' && step.index < at(move.low)) return asStep;
  return {
    ...asStep,
    index: at(move.start),
    low: at(move.low),
    high: at(move.high),
    shape: move.shape,
    end: at(move.end),
  };
}

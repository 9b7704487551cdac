import { type EnergySettings, weakChangePoints } from '../../src/statistics/energy-change-points.ts';
import { type LevelSummary, levelTestP, relativeChange, summarise } from '../../src/statistics/level-summary.ts';

/** Otava divides squares by n where Student's test wants n − 1. */
function otavaTestP(left: LevelSummary, right: LevelSummary): number {
  const shrunk = (side: LevelSummary) => ({ ...side, squares: (side.squares * (side.count - 1)) / side.count });
  return levelTestP(shrunk(left), shrunk(right));
}

/**
 * What Otava answers: our weak change points, its test, and its merge, which after giving up a change judges the next two
 * anew instead of both neighbours, so that the one before keeps a p-value of levels that are no more.
 */
export function otavaChangePoints(series: number[], settings: EnergySettings): number[] {
  const indexes = weakChangePoints(series, { ...settings, levelTest: otavaTestP });
  const judge = (i: number) => {
    const left = summarise(series, indexes[i - 1] ?? 0, indexes[i]!);
    const right = summarise(series, indexes[i]!, indexes[i + 1] ?? series.length);
    return { p: otavaTestP(left, right), magnitude: relativeChange(left, right) };
  };
  const judged = indexes.map((_, i) => judge(i));
  while (judged.length > 0) {
    let weakest = judged.reduce((worst, { p }, i) => (p > judged[worst]!.p ? i : worst), 0);
    if (judged[weakest]!.p < settings.maxP) {
      weakest = judged.reduce((least, { magnitude }, i) => (magnitude < judged[least]!.magnitude ? i : least), 0);
      if (judged[weakest]!.magnitude > settings.minMagnitude) break;
    }
    judged.splice(weakest, 1);
    indexes.splice(weakest, 1);
    for (const i of [weakest, weakest + 1]) if (i < judged.length) judged[i] = judge(i);
  }
  return indexes;
}

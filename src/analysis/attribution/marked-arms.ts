import { isAssignedBefore, isBeforeChange } from '../exposure/assigned-before.ts';
import type { Exposure } from '../exposure/exposure.ts';
import type { Phases } from '../phases.ts';
import type { ExposureCells } from './exposure-cells.ts';

/**
 * The effect of a change on arms that were marked before it, had both arms moved by the same odds: by differences alone, a slower
 * arm that slows down as much in proportion passes for harm (Puhani 2012). Of the response, where met; null where arms were not
 * marked, and for a response below nothing.
 */
export function effectByOdds(cells: ExposureCells, number: number, phases: Phases): number | null {
  const exposure = cells.exposures[number]!;
  const assigned = cells.exposures.filter((one) => isAssignedBefore(one, cells.series, phases));
  const place = assigned.indexOf(exposure);
  if (place < 0) return null;
  const bit = 2 ** (assigned.length - 1 - place);
  const [before, after] = [false, true].map((isPost) => ratesOfArms(cells, exposure, bit, isPost, phases)) as [
    readonly [number, number],
    readonly [number, number],
  ];
  const rates = [...before, ...after];
  if (rates.some((rate) => !(rate > 0))) return null;
  const isShare = rates.every((rate) => rate < 1);
  const scale = (rate: number): number => (isShare ? rate / (1 - rate) : rate);
  const expected = (scale(before[1]) * scale(after[0])) / scale(before[0]);
  return after[1] - (isShare ? expected / (1 + expected) : expected);
}

/** Of those who were not to meet it, and of those who were. */
function ratesOfArms(
  { rate, requests, arm, isPost, block }: ExposureCells,
  exposure: Exposure,
  bit: number,
  isAfter: boolean,
  phases: Phases,
): readonly [number, number] {
  const [sums, all] = [
    [0, 0],
    [0, 0],
  ] as [[number, number], [number, number]];
  for (let row = 0; row < rate.length; row++) {
    const isWanted = isAfter ? isPost[row] === 1 : isPost[row] === 0 && isBeforeChange(exposure, block[row]!, phases);
    if (!isWanted) continue;
    const side = (arm[row]! & bit) === 0 ? 0 : 1;
    sums[side] += rate[row]! * requests[row]!;
    all[side] += requests[row]!;
  }
  return [sums[0] / all[0], sums[1] / all[1]];
}

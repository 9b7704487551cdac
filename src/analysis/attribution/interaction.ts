import { formatShare } from '../../domain/numbers.ts';
import { intervalOf } from '../../statistics/fixed-effects-fit.ts';
import type { Interval } from '../../statistics/mover.ts';
import { candidateKindOf } from '../candidates/index.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import type { Exposure } from '../exposure/exposure.ts';
import { type Phases, POST, phaseOf } from '../phases.ts';
import type { Beside } from './beside.ts';
import { contrastFit } from './contrast.ts';
import { ranTogether, shareThatMet } from './met-together.ts';
import { scaled, shareOfMove, withinWhole } from './share-of-move.ts';
import type { Testimony } from './standing.ts';
import { plainly } from './statement.ts';

/** Two changes that can be told apart, with what each does where the other is absent, and what they do beyond the sum. */
interface Pair {
  readonly first: number;
  readonly second: number;
  readonly firstAlone: Interval;
  readonly secondAlone: Interval;
  readonly together: Interval;
  /** Share of the comparison's post arm that met both. */
  readonly bothShare: number;
}

/** Alone, no more than this of what the two do together. */
const HARMLESS_SHARE = 0.25;

/**
 * Two changes that do harm only together, as a flag does that opens a new path in a new binary: each is harmless where the
 * other is absent. The one that is cheaper to undo keeps the blame; the other is said to carry it.
 */
export function weighInteractions(beside: Beside, testimonies: readonly Testimony[], phases: Phases): Testimony[] {
  const weighed = [...testimonies];
  for (const [first, second] of pairsToAsk(testimonies, beside)) {
    const pair = pairOf(beside, first, second);
    if (pair === null || !doHarmOnlyTogether(pair, beside)) continue;
    const [one, other] = [beside.exposures[first]!, beside.exposures[second]!];
    const carrier = costOf(one) > costOf(other) ? first : second;
    const blamed = carrier === first ? second : first;
    const table = tableSentence(beside, one, other, phases);
    const share = shareOfBoth(pair, beside);
    weighed[carrier] = withTable({ ...weighed[carrier]!, standing: 'enabling', share }, table);
    weighed[blamed] = withTable({ ...weighed[blamed]!, standing: 'guilty', share }, table);
  }
  return weighed;
}

function withTable(testimony: Testimony, table: string): Testimony {
  return { ...testimony, statements: [plainly(table), ...testimony.statements] };
}

function pairsToAsk(testimonies: readonly Testimony[], { contrasts }: Beside): (readonly [number, number])[] {
  const told = testimonies.flatMap((_, i) => (contrasts[i]?.inseparableFrom.length === 0 ? [i] : []));
  return told
    .flatMap((first, i) => told.slice(i + 1).map((second) => [first, second] as const))
    .filter((pair) => pair.some((one) => testimonies[one]!.standing === 'guilty'));
}

function costOf({ change }: Exposure): number {
  return candidateKindOf(change).separatingCost;
}

/** Null where the four combinations did not all run beside each other. */
function pairOf(beside: Beside, first: number, second: number): Pair | null {
  const [one, other] = [beside.fitted.indexOf(first), beside.fitted.indexOf(second)];
  const base = beside.fits.find(({ fit }) => [one, other].every((column) => !Number.isNaN(fit.coefficients[column])));
  if (base === undefined || !ranTogether(base, [one, other])) return null;
  const doses = base.cells.doses;
  const product = doses[one]!.map((dose, row) => dose * doses[other]![row]!);
  const { fit } = contrastFit(base.cells, base.rows, base.groupings, [product]);
  const joint = doses.length;
  if ([one, other, joint].some((column) => Number.isNaN(fit.coefficients[column]))) return null;
  return {
    first,
    second,
    firstAlone: intervalOf(fit, new Map([[one, 1]]), CONFIDENCE),
    secondAlone: intervalOf(fit, new Map([[other, 1]]), CONFIDENCE),
    together: intervalOf(fit, new Map([[joint, 1]]), CONFIDENCE),
    bothShare: shareThatMet(beside, [beside.exposures[first]!, beside.exposures[second]!]),
  };
}

/** Worse together beyond doubt, while each alone is within what chance allows of nothing, or nearly nothing. */
function doHarmOnlyTogether({ firstAlone, secondAlone, together }: Pair, { finding, total }: Beside): boolean {
  const direction = { lower: 1, higher: -1, either: Math.sign(total?.estimate ?? 1) }[finding.indicator.better];
  const least = Math.min(together.low * direction, together.high * direction);
  const most = HARMLESS_SHARE * together.estimate * direction;
  const isHarmless = ({ estimate, low, high }: Interval): boolean => {
    const isNothing = low <= 0 && high >= 0;
    const isNearlyNothing = Math.max(Math.abs(low), Math.abs(high)) < most;
    return Math.abs(estimate) < most && (isNothing || isNearlyNothing);
  };
  return least > 0 && isHarmless(firstAlone) && isHarmless(secondAlone);
}

function shareOfBoth({ together, bothShare }: Pair, { total }: Beside): Interval | null {
  return total === null ? null : withinWhole(shareOfMove(scaled(together, bothShare), total));
}

/** The four levels of the response, so that a person can check the claim. */
function tableSentence(beside: Beside, one: Exposure, other: Exposure, phases: Phases): string {
  const level = (first: boolean, second: boolean): string => levelWhere(beside, [one, other], [first, second], phases);
  return (
    `${one.change.id} and ${other.change.id} do harm only together: the share beyond the old level is ` +
    `${level(false, false)} with neither, ${level(true, false)} with ${one.change.id} alone, ` +
    `${level(false, true)} with ${other.change.id} alone, ${level(true, true)} with both`
  );
}

function levelWhere(
  { finding, response }: Beside,
  pair: readonly [Exposure, Exposure],
  present: readonly [boolean, boolean],
  phases: Phases,
): string {
  let numerator = 0;
  let denominator = 0;
  finding.subject.series.forEach((one, index) => {
    if (response === null || pair.some((exposure, i) => exposure.exposed[index] !== present[i])) return;
    for (let row = 0; row < one.block.length; row++) {
      if (phaseOf(phases, one.block[row]!) !== POST) continue;
      numerator += response.numerator(one, row) || 0;
      denominator += response.denominator(one, row) || 0;
    }
  });
  return formatShare(numerator / denominator);
}

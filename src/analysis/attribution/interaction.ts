import { formatShare } from '../../domain/numbers.ts';
import type { Interval } from '../../statistics/mover.ts';
import { candidateKindOf } from '../candidates/index.ts';
import type { Finding } from '../comparing/comparing.ts';
import type { Exposure } from '../exposure.ts';
import { type Phases, POST, phaseOf } from '../phases.ts';
import type { RowRatio } from '../sampling/sample.ts';
import { besideEachOther, kindsOf } from './contrast.ts';
import type { Testimony } from './standing.ts';

/** The effect of one change where the other is absent, and where it is present: the two rows of a 2×2. */
interface Conditional {
  readonly without: Interval;
  readonly with: Interval;
}

/** Without the other, no more than this of the effect with it. */
const HARMLESS_SHARE = 0.25;

/**
 * Two changes that do harm only together, as a flag does that opens a new path in a new binary: each is harmless where the
 * other is absent. The one that is cheaper to undo keeps the blame; the other is said to carry it.
 */
export function weighInteractions(
  finding: Finding,
  exposures: readonly Exposure[],
  testimonies: readonly Testimony[],
  response: RowRatio,
  phases: Phases,
): Testimony[] {
  const weighed = [...testimonies];
  for (const [first, second] of pairsOfGuilty(testimonies)) {
    const [one, other] = [exposures[first]!, exposures[second]!];
    const effects = [
      conditional(finding, one, other, response, phases),
      conditional(finding, other, one, response, phases),
    ];
    if (!effects.every((effect) => effect !== null && isHarmlessAlone(effect))) continue;
    const carrier = costOf(one) > costOf(other) ? first : second;
    const blamed = carrier === first ? second : first;
    const table = tableSentence(finding, one, other, response, phases);
    weighed[carrier] = {
      ...weighed[carrier]!,
      standing: 'enabling',
      sentences: [table, ...weighed[carrier]!.sentences],
    };
    weighed[blamed] = { ...weighed[blamed]!, sentences: [table, ...weighed[blamed]!.sentences] };
  }
  return weighed;
}

function pairsOfGuilty(testimonies: readonly Testimony[]): (readonly [number, number])[] {
  const guilty = testimonies.flatMap(({ standing }, i) => (standing === 'guilty' ? [i] : []));
  return guilty.flatMap((first, i) => guilty.slice(i + 1).map((second) => [first, second] as const));
}

function costOf({ change }: Exposure): number {
  return candidateKindOf(change).separatingCost;
}

function conditional(
  finding: Finding,
  exposure: Exposure,
  other: Exposure,
  response: RowRatio,
  phases: Phases,
): Conditional | null {
  const kinds = kindsOf(finding);
  const effectWhere = (isPresent: boolean): Interval | null => {
    const states = kinds.map((kind, index) => (other.exposed[index] === isPresent ? kind : null));
    return besideEachOther(finding.subject.series, exposure, states, response, phases)?.difference ?? null;
  };
  const [without, withOther] = [effectWhere(false), effectWhere(true)];
  return without === null || withOther === null ? null : { without, with: withOther };
}

/** Harmless: within what chance allows of nothing, and at most a share of what the two do together. */
function isHarmlessAlone({ without, with: together }: Conditional): boolean {
  const isNothing = without.low <= 0 && without.high >= 0;
  const isSmall = Math.abs(without.estimate) < HARMLESS_SHARE * Math.abs(together.estimate);
  return together.low * together.high > 0 && isNothing && isSmall;
}

/** The four levels of the response, so that a person can check the claim. */
function tableSentence(finding: Finding, one: Exposure, other: Exposure, response: RowRatio, phases: Phases): string {
  const level = (first: boolean, second: boolean): string =>
    levelWhere(finding, [one, other], [first, second], response, phases);
  return (
    `${one.change.id} and ${other.change.id} do harm only together: the share beyond the old level is ` +
    `${level(false, false)} with neither, ${level(true, false)} with ${one.change.id} alone, ` +
    `${level(false, true)} with ${other.change.id} alone, ${level(true, true)} with both`
  );
}

function levelWhere(
  { subject: { series } }: Finding,
  pair: readonly [Exposure, Exposure],
  present: readonly [boolean, boolean],
  response: RowRatio,
  phases: Phases,
): string {
  let numerator = 0;
  let denominator = 0;
  series.forEach((one, index) => {
    if (pair.some((exposure, i) => exposure.exposed[index] !== present[i])) return;
    for (let row = 0; row < one.block.length; row++) {
      if (phaseOf(phases, one.block[row]!) !== POST) continue;
      numerator += response.numerator(one, row) || 0;
      denominator += response.denominator(one, row) || 0;
    }
  });
  return formatShare(numerator / denominator);
}

import type { CellSeries } from '../../domain/cells.ts';
import { mantelHaenszelDifference } from '../../statistics/mantel-haenszel.ts';
import type { Interval } from '../../statistics/mover.ts';
import { studentQuantile } from '../../statistics/student.ts';
import type { Finding } from '../comparing/comparing.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import { type Estimate, isEstimate } from '../estimating/estimate.ts';
import type { Exposure } from '../exposure.ts';
import { BASELINE, NEITHER, type Phases, POST, phaseOf } from '../phases.ts';
import { placeRows, type RowRatio } from '../sampling/sample.ts';
import { comparedStrata } from '../strata/stratum-weights.ts';

/** Exposed against unexposed traffic in the same blocks, everything else that can be seen being equal. */
export interface Contrast {
  /** Difference of the response, stratified by block and by the state of the other changes. */
  readonly difference: Interval;
  /** The indicator itself in both arms, where it can be estimated; `baseline` is the unexposed arm. */
  readonly indicator: Estimate | null;
  /** Share of the comparison's post arm that met the change. */
  readonly exposedShare: number;
  readonly blocks: number;
}

/** Fewer blocks with both kinds of traffic say nothing reliable. */
const FEWEST_BLOCKS = 6;

interface Stratum {
  readonly block: number;
  readonly events: [number, number];
  readonly totals: [number, number];
}

/** Null where exposed and unexposed traffic never ran side by side. */
export function contrastOf(
  finding: Finding,
  exposure: Exposure,
  others: readonly Exposure[],
  response: RowRatio,
  phases: Phases,
): Contrast | null {
  if (exposure.sight !== 'visible') return null;
  const { series } = finding.subject;
  const kinds = kindsOf(finding);
  const states = series.map((_, index) => `${stateOf(others, index)}${kinds[index]}`);
  const beside = besideEachOther(series, exposure, states, response, phases);
  if (beside === null) return null;
  return {
    difference: beside.difference,
    indicator: indicatorContrast(finding, exposure, states, beside.strata),
    exposedShare: exposedShareOf(finding, exposure, response),
    blocks: beside.blocks,
  };
}

export interface BesideEachOther {
  readonly difference: Interval;
  readonly strata: readonly Stratum[];
  readonly blocks: number;
}

/**
 * Difference of the response between exposed and unexposed series in the same blocks, stratified by block and state; a
 * state of null leaves a series out. Null where the two kinds never ran side by side.
 */
export function besideEachOther(
  series: readonly CellSeries[],
  exposure: Exposure,
  states: readonly (string | null)[],
  response: RowRatio,
  phases: Phases,
): BesideEachOther | null {
  const mixed = stratify(series, exposure, states, response, phases).filter(
    ({ totals }) => totals[0] > 0 && totals[1] > 0,
  );
  const blocks = new Set(mixed.map(({ block }) => block)).size;
  if (blocks < FEWEST_BLOCKS) return null;
  const { difference, variance, degreesOfFreedom } = mantelHaenszelDifference({
    exposedEvents: mixed.map(({ events }) => events[1]),
    exposedTotals: mixed.map(({ totals }) => totals[1]),
    controlEvents: mixed.map(({ events }) => events[0]),
    controlTotals: mixed.map(({ totals }) => totals[0]),
    cluster: mixed.map(({ block }) => block),
  });
  const reach = studentQuantile((1 + CONFIDENCE) / 2, degreesOfFreedom) * Math.sqrt(variance);
  return {
    difference: { estimate: difference, low: difference - reach, high: difference + reach },
    strata: mixed,
    blocks,
  };
}

/** The stratum of each series, so that a kind of traffic is only held against itself; all '' where none are told apart. */
export function kindsOf({ subject, design }: Finding): string[] {
  const strata = comparedStrata(design.sample);
  return subject.series.map((_, index) => (strata === null ? '' : `/${strata.ofSeries[index]}`));
}

function stateOf(others: readonly Exposure[], index: number): string {
  return others.map((other) => (other.exposed[index] ? '1' : '0')).join('');
}

function stratify(
  allSeries: readonly CellSeries[],
  exposure: Exposure,
  states: readonly (string | null)[],
  response: RowRatio,
  phases: Phases,
): Stratum[] {
  const strata = new Map<string, Stratum>();
  allSeries.forEach((series, index) => {
    const state = states[index]!;
    for (let row = 0; state !== null && row < series.block.length; row++) {
      const block = series.block[row]!;
      if (phaseOf(phases, block) !== POST) continue;
      const numerator = response.numerator(series, row);
      const denominator = response.denominator(series, row);
      if (Number.isNaN(numerator) || Number.isNaN(denominator)) continue;
      const name = stratumName(block, state);
      const stratum = strata.get(name) ?? { block, events: [0, 0], totals: [0, 0] };
      const arm = exposure.exposed[index] ? 1 : 0;
      stratum.events[arm] += numerator;
      stratum.totals[arm] += denominator;
      strata.set(name, stratum);
    }
  });
  return [...strata.values()];
}

function stratumName(block: number, state: string): string {
  return `${block}/${state}`;
}

/** Of the arm that is compared as post: in a concurrent comparison that is exposed traffic only. */
function exposedShareOf({ design: { sample } }: Finding, exposure: Exposure, response: RowRatio): number {
  let exposed = 0;
  let total = 0;
  sample.series.forEach((series, index) => {
    const armOf = sample.armOf[index]!;
    for (let row = 0; row < armOf.length; row++) {
      const denominator = armOf[row] === POST ? response.denominator(series, row) : Number.NaN;
      if (Number.isNaN(denominator)) continue;
      total += denominator;
      if (exposure.exposed[index]) exposed += denominator;
    }
  });
  return total === 0 ? 0 : exposed / total;
}

/** The same contrast in the indicator's own unit, for people: unexposed against exposed rows of the mixed blocks. */
function indicatorContrast(
  finding: Finding,
  exposure: Exposure,
  states: readonly string[],
  mixed: readonly Stratum[],
): Estimate | null {
  const blocks = new Set(mixed.map(({ block }) => block));
  const mixedStates = new Set(
    states.filter((state) => {
      const sides = new Set(states.flatMap((other, i) => (other === state ? [exposure.exposed[i]] : [])));
      return sides.size === 2;
    }),
  );
  const sample = placeRows(
    finding.subject.series,
    (index, block) => {
      if (!blocks.has(block) || !mixedStates.has(states[index]!)) return NEITHER;
      return exposure.exposed[index] ? POST : BASELINE;
    },
    (_index, block) => block,
    true,
  );
  const { strata } = finding.design.sample;
  const result = finding.indicator.estimate({ ...sample, strata });
  return isEstimate(result) ? result : null;
}

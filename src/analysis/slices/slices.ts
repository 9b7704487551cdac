import type { CellKey } from '../../domain/cells.ts';
import type { Slice, SliceSearch } from '../../domain/report.ts';
import { compareTexts } from '../../domain/text-order.ts';
import { responseShift } from '../attribution/remainder.ts';
import type { Finding } from '../comparing/comparing.ts';
import { effectOf, FALSE_DISCOVERY_RATE } from '../comparing/decision.ts';
import { isEstimate } from '../estimating/estimate.ts';
import { NEITHER, type Phases, phaseOf } from '../phases.ts';
import { placeByBlock } from '../sampling/placing.ts';
import { responseWithinStrata } from '../strata/response-within-strata.ts';
import { everywhereAlike } from './everywhere-alike.ts';
import { pairsOf } from './pairs.ts';
import { isWorthALook, type SingleValue, singleValues, surpriseOf } from './single-values.ts';
import { valueIn } from './tally.ts';

/** Slices that a report shows of one comparison. */
const MOST_SLICES = 5;

export interface Sliced {
  readonly slices: readonly Slice[];
  /** Null where nothing could be told apart. */
  readonly search: SliceSearch | null;
}

const UNSLICED: Sliced = { slices: [], search: null };

/**
 * The values of attributes whose traffic got worse by more than the rest in the same blocks, those that explain most beyond
 * their share first, and pairs of values that did so only together. `exposure`: attributes that tell who met a change, which
 * attribution weighs.
 */
export function slicesOf(finding: Finding, exposure: ReadonlySet<string>, phases: Phases): Sliced {
  if (finding.comparison.verdict !== 'regressed' || finding.estimate === null) return UNSLICED;
  const { sample } = finding.design;
  const response = responseWithinStrata(finding.indicator, sample);
  if (response === null) return UNSLICED;
  const singles = singleValues(finding, response, exposure, phases);
  if (singles.length === 0) return UNSLICED;
  const { tested, found } = pairsOf(finding, singles, response, phases);
  const search = {
    values_tested: singles.length,
    pairs_tested: tested,
    pairs: found.map(({ values, traffic, explains, q }) => {
      const isIn = (key: CellKey): boolean => values.every(({ attribute, value }) => valueIn(key, attribute) === value);
      const [first, second] = values.map(({ attribute, value }) => ({ attribute, value })) as [Value, Value];
      return { values: [first, second] as const, traffic, ...levelsWhere(isIn, finding, phases), q, explains };
    }),
    alike: everywhereAlike(singles, responseShift(sample, response)),
  };
  return { slices: shownSingles(singles, finding, phases), search };
}

type Value = Pick<SingleValue, 'attribute' | 'value'>;

function shownSingles(singles: readonly SingleValue[], finding: Finding, phases: Phases): Slice[] {
  return singles
    .filter((one) => one.q <= FALSE_DISCOVERY_RATE && one.beside.isWorse && isWorthALook(one.explains))
    .sort((a, b) => surpriseOf(b) - surpriseOf(a) || compareTexts(a.value, b.value))
    .slice(0, MOST_SLICES)
    .map(({ attribute, value, traffic, q, explains }) => {
      const levels = levelsWhere((key) => valueIn(key, attribute) === value, finding, phases);
      return { attribute, value, traffic, ...levels, q, explains };
    });
}

function levelsWhere(
  isIn: (key: CellKey) => boolean,
  { subject: { series }, indicator }: Finding,
  phases: Phases,
): Pick<Slice, 'baseline' | 'post' | 'effect'> {
  const sample = placeByBlock(series, (index, block) => (isIn(series[index]!.key) ? phaseOf(phases, block) : NEITHER));
  const result = indicator.estimate({ ...sample, strata: null });
  const estimate = isEstimate(result) ? result : null;
  return {
    baseline: estimate?.baseline ?? null,
    post: estimate?.post ?? null,
    effect: estimate === null ? null : effectOf(estimate, indicator.better),
  };
}

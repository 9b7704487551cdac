import type { Interval } from '../../statistics/mover.ts';
import { candidateKindOf } from '../candidates/index.ts';
import type { Finding } from '../comparing/comparing.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import type { ComparingContext } from '../comparing/measuring.ts';
import { type Exposure, readExposure } from '../exposure/exposure.ts';
import type { RowRatio } from '../sampling/sample.ts';
import { responseWithinStrata } from '../strata/response-within-strata.ts';
import { type Alignment, alignmentOf } from './alignment.ts';
import { type Contrast, type ContrastFit, contrastsOf } from './contrast.ts';
import { exposureCells } from './exposure-cells.ts';
import { instanceMoves } from './instance-moves.ts';
import { effectByOdds } from './marked-arms.ts';
import { responseShift } from './remainder.ts';
import { contrastOfWalk, type Walk, walkOf } from './walk.ts';

/** One comparison as changes are held against it: its response, who met what, and what was told apart by that. */
export interface Beside {
  readonly finding: Finding;
  readonly exposures: readonly Exposure[];
  readonly response: RowRatio | null;
  /** The whole move of the response; null where it cannot be estimated. */
  readonly total: Interval | null;
  /** By exposure; null where nothing ran beside its traffic. */
  readonly contrasts: readonly (Contrast | null)[];
  /** By exposure: what it did from its own time on at each instance, where it walked over them; else null. */
  readonly walks: readonly (Walk | null)[];
  /** By exposure: when instances got worse, against when it came to each; null where it did not walk, or nothing tells. */
  readonly alignments: readonly (Alignment | null)[];
  /** By exposure: the effect where met, had arms that were marked before moved by the same odds; null for others. */
  readonly byOdds: readonly (number | null)[];
  /** What was fitted, with the exposures in it by their numbers above. */
  readonly fits: readonly ContrastFit[];
  readonly fitted: readonly number[];
}

/** `claims`: how many contrasts the report draws, which together are to claim nothing false in 95 of 100 cases. */
export function besideOf(finding: Finding, context: ComparingContext, claims: number): Beside {
  const { upgrade, phases, shares } = context;
  const exposures = upgrade.changes.map((change) => readExposure(change, finding.subject.series, shares));
  const response = responseWithinStrata(finding.indicator, finding.design.sample);
  const total = response === null ? null : responseShift(finding.design.sample, response);
  const fitted = fittedNumbers(finding, exposures, context);
  const all = { finding, exposures, response, total, fitted };
  if (response === null || total === null) return { ...all, ...nothingBeside(exposures.length) };

  const seen = fitted.map((number) => exposures[number]!);
  const cells = exposureCells(finding, seen, response, phases);
  const level = 1 - (1 - CONFIDENCE) / Math.max(1, claims);
  const { of, fits } = contrastsOf(cells, level);
  const ofExposure = (number: number): Contrast | null => of[fitted.indexOf(number)] ?? null;
  const walks = exposures.map((exposure, number): Walk | null => {
    const contrast = ofExposure(number);
    if (contrast === null) return null;
    const column = fitted.indexOf(number);
    const rivals = [...fitted.keys()].filter((other) => other !== column && !contrast.inseparableFrom.includes(other));
    return walkOf(finding, exposure, cells, column, rivals);
  });
  const contrasts = exposures.map((_, number): Contrast | null => {
    const contrast = ofExposure(number);
    if (contrast === null) return null;
    const inseparableFrom = contrast.inseparableFrom.map((column) => fitted[column]!);
    const walk = walks[number] ?? null;
    return { ...(walk === null ? contrast : contrastOfWalk(contrast, walk, level)), inseparableFrom };
  });
  const alignments = walks.map((walk): Alignment | null =>
    walk === null ? null : alignmentOf(finding, walk, instanceMoves(cells, walk.arrivals), total, phases),
  );
  const byOdds = exposures.map((_, number) =>
    fitted.includes(number) ? effectByOdds(cells, fitted.indexOf(number), phases) : null,
  );
  return { ...all, contrasts, walks, alignments, byOdds, fits };
}

/** Those that can be seen on this traffic and can have reached it. */
function fittedNumbers(
  { subject }: Finding,
  exposures: readonly Exposure[],
  { graph }: ComparingContext,
): readonly number[] {
  return exposures.flatMap(({ change, sight }, number) => {
    const isReached = candidateKindOf(change).reach(change, subject, graph) !== 'none';
    return sight === 'visible' && isReached ? [number] : [];
  });
}

function nothingBeside(exposures: number) {
  const nothing: readonly null[] = Array.from({ length: exposures }, () => null);
  return { contrasts: nothing, walks: nothing, alignments: nothing, byOdds: nothing, fits: [] };
}

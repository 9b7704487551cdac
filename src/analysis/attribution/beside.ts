import type { Interval } from '../../statistics/mover.ts';
import { candidateKindOf } from '../candidates/index.ts';
import type { Finding } from '../comparing/comparing.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import type { ComparingContext } from '../comparing/measuring.ts';
import { type Exposure, readExposure } from '../exposure.ts';
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
export function besideOf(
  finding: Finding,
  { upgrade, phases, graph, shares }: ComparingContext,
  claims: number,
): Beside {
  const exposures = upgrade.changes.map((change) => readExposure(change, finding.subject.series, shares));
  const response = responseWithinStrata(finding.indicator, finding.design.sample);
  const total = response === null ? null : responseShift(finding.design.sample, response);
  const fitted = exposures.flatMap(({ change, sight }, number) => {
    const isReached = candidateKindOf(change).reach(change, finding.subject, graph) !== 'none';
    return sight === 'visible' && isReached ? [number] : [];
  });
  const nothing = exposures.map(() => null);
  if (response === null || total === null) {
    return {
      finding,
      exposures,
      response,
      total,
      contrasts: nothing,
      byOdds: nothing,
      walks: nothing,
      alignments: nothing,
      fits: [],
      fitted,
    };
  }
  const cells = exposureCells(
    finding,
    fitted.map((number) => exposures[number]!),
    response,
    phases,
  );
  const level = 1 - (1 - CONFIDENCE) / Math.max(1, claims);
  const { of, fits } = contrastsOf(cells, level);
  const walks = exposures.map((exposure, number): Walk | null => {
    const column = fitted.indexOf(number);
    const contrast = of[column] ?? null;
    if (contrast === null) return null;
    const rivals = fitted.flatMap((_, other) =>
      other === column || contrast.inseparableFrom.includes(other) ? [] : [other],
    );
    return walkOf(finding, exposure, cells, column, rivals);
  });
  const contrasts = exposures.map((_, number): Contrast | null => {
    const contrast = of[fitted.indexOf(number)] ?? null;
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
  return { finding, exposures, response, total, contrasts, walks, alignments, byOdds, fits, fitted };
}

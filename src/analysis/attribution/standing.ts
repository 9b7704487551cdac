import type { ContrastTable } from '../../domain/report.ts';
import type { Change } from '../../domain/upgrade.ts';
import type { Interval } from '../../statistics/mover.ts';
import type { Statement } from './statement.ts';

/** What one regressed comparison says about one change. */
export type Standing =
  /** Traffic that met it regressed, traffic beside it did not. */
  | 'guilty'
  /** Traffic that met it regressed, but met others of the same traffic alike: one of them did it. */
  | 'entangled'
  /** Harmless alone, but what another guilty change does, it does through this one. */
  | 'enabling'
  /** Its time fits and nothing speaks against it. */
  | 'aligned'
  /** It shows the regression, but something it calls shows it too. */
  | 'downstream'
  /** Nothing speaks for or against it. */
  | 'open'
  /** Something speaks against it. */
  | 'innocent';

export interface Testimony {
  readonly change: Change;
  readonly standing: Standing;
  /** Share of this comparison's move that it explains, where that could be estimated. */
  readonly share: Interval | null;
  /** In [0, 1]: how much of an aligned or open change's standing counts, where something tells; all of it where nothing does. */
  readonly emphasis?: number;
  /** It is only that nothing was found at its place; someone else must account for what got worse. */
  readonly isAbsence?: boolean;
  /** Innocent only since nothing leads from this comparison to it. */
  readonly isUnreached?: boolean;
  /** What it sits on got worse while others beside it did not: whoever else did is no rival. */
  readonly standsApart?: boolean;
  readonly statements: readonly Statement[];
  /** Changes that no traffic tells apart from it. */
  readonly inseparableFrom?: readonly Change[];
  /** The levels it was read from, for people; asked for only where they are shown. */
  readonly table?: () => ContrastTable | null;
}

/** How much each standing counts towards a change's score. */
export const STANDING_SCORE: Readonly<Record<Standing, number>> = {
  guilty: 1,
  entangled: 0.7,
  enabling: 0.6,
  aligned: 0.5,
  downstream: 0.25,
  open: 0.15,
  innocent: 0,
};

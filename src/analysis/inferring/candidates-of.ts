import type { Cells } from '../../domain/cells.ts';
import type { QualityFinding } from '../../domain/quality.ts';
import type { ChangesSource } from '../../domain/report.ts';
import type { Change, Upgrade } from '../../domain/upgrade.ts';
import { readExposure, type SharesMet } from '../exposure/exposure.ts';
import type { Phases } from '../phases.ts';
import { asSeen } from './as-seen.ts';
import { inferChanges } from './infer-changes.ts';
import type { InferredChange } from './inferred-change.ts';
import { statedTimes } from './stated-times.ts';
import { unlistedChanges, unlistedFindings } from './unlisted-changes.ts';

/** Who is asked about, and what was noticed about how they are stated. */
export interface Candidates {
  readonly changes: readonly Change[];
  readonly source: ChangesSource;
  /** Those among them that nobody stated. */
  readonly inferred: readonly InferredChange[];
  readonly findings: readonly QualityFinding[];
}

/** What the document lists and what was announced beside it, as the telemetry shows it; where it lists nothing, what else is shown. */
export function candidatesOf(
  upgrade: Upgrade,
  announced: readonly Change[],
  cells: Cells,
  phases: Phases,
  shares: SharesMet,
): Candidates {
  const seen = inferChanges(cells, phases, upgrade.strata);
  const services = new Set(cells.series.map(({ key }) => key.service));
  const isMet = (change: Change) => readExposure(change, cells.series, shares).sight === 'visible';
  const stated = asSeen([...upgrade.changes, ...announced], seen, isMet, services);
  const unlisted = unlistedChanges(seen, stated.changes);
  const isOpen = upgrade.changes.length === 0;
  const inferred = isOpen ? unlisted : [];
  return {
    changes: [...stated.changes, ...inferred],
    source: stated.changes.length > 0 && inferred.length === 0 ? 'stated' : 'inferred',
    inferred,
    findings: [
      ...stated.findings,
      ...statedTimes(stated.changes, seen, cells),
      ...(isOpen ? [] : unlistedFindings(unlisted)),
    ],
  };
}

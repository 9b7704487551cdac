import type { Cells } from '../../domain/cells.ts';
import type { QualityFinding } from '../../domain/quality.ts';
import type { ChangesSource } from '../../domain/report.ts';
import type { Change, Upgrade } from '../../domain/upgrade.ts';
import type { CallGraph } from '../call-graph.ts';
import { readExposure, type SharesMet } from '../exposure/exposure.ts';
import type { Phases } from '../phases.ts';
import type { Subject } from '../subjects.ts';
import { announcedHere } from './announced-here.ts';
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

/** What candidates are held against. */
export interface World {
  readonly cells: Cells;
  readonly phases: Phases;
  readonly shares: SharesMet;
  readonly graph: CallGraph;
  /** The services and peers that the telemetry tells of. */
  readonly places: ReadonlySet<string>;
  readonly subjects: readonly Subject[];
}

/**
 * What the document lists, and what was announced beside it of anything that is compared here, as the telemetry shows it; where
 * the document lists nothing, what else is shown.
 */
export function candidatesOf(upgrade: Upgrade, announced: readonly Change[], world: World): Candidates {
  const { cells, phases, shares, places } = world;
  const seen = inferChanges(cells, phases, upgrade.strata);
  const isMet = (change: Change) => readExposure(change, cells.series, shares).sight === 'visible';
  const isOfDocument = (change: Change) => upgrade.changes.includes(change);
  const stated = asSeen([...upgrade.changes, ...announced], seen, { isMet, isOfDocument, places });
  const listed = stated.changes.slice(0, upgrade.changes.length);
  const heard = announcedHere(stated.changes.slice(upgrade.changes.length), world);
  const changes = [...listed, ...heard.changes];
  const unlisted = unlistedChanges(seen, changes);
  const isOpen = upgrade.changes.length === 0;
  const inferred = isOpen ? unlisted : [];
  return {
    changes: [...changes, ...inferred],
    source: changes.length > 0 && inferred.length === 0 ? 'stated' : 'inferred',
    inferred,
    findings: [
      ...heard.findings,
      ...stated.findings,
      ...statedTimes(changes, seen, cells),
      ...(isOpen ? [] : unlistedFindings(unlisted)),
    ],
  };
}

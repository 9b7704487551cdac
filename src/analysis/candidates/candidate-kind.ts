import type { Cells } from '../../domain/cells.ts';
import type { Change, ExposureRule } from '../../domain/upgrade.ts';
import type { CallGraph } from '../call-graph.ts';
import type { InferredChange } from '../inferring/inferred-change.ts';
import type { Phases } from '../phases.ts';
import type { Subject } from '../subjects.ts';

/** How a change can have touched the traffic of a subject. */
export type Reach =
  /** The service itself changed, or the peer it talks to. */
  | 'direct'
  /** Something the endpoint calls, at one or more removes, changed. */
  | 'callee'
  /** Nothing the endpoint is known to do meets the change. */
  | 'none';

/** Everything the analysis needs to know of a kind of change; shared code never asks for the kind's name. */
export interface CandidateKind {
  /** Where exposure is read when the document does not say; null: only time tells. */
  exposureRule(change: Change): ExposureRule | null;
  /**
   * The peer whose calls alone meet it, by `server.address` or `peer.service`; null where it is not told by whom is called, or
   * the document states another rule.
   */
  exposedPeer(change: Change): string | null;
  /** The changes of this kind that the telemetry itself shows; none where a kind leaves no trace. */
  infer(cells: Cells, phases: Phases): readonly InferredChange[];
  reach(change: Change, subject: Subject, graph: CallGraph): Reach;
  /** The cheapest step that takes this change back for a part of the traffic ("2 of 8 instances"), without a duration. */
  separatingStep(change: Change, part: string): string;
  /** Can that step be taken for a part of the traffic, so that the rest runs beside it? */
  readonly isPartial: boolean;
  /** Can it fail so that what met it reports nothing: a new binary that does not come up leaves only the old to be seen. */
  readonly mayStaySilent: boolean;
  /** How cheap that step is, lower is cheaper: a flag flips in seconds, a deployment does not. */
  readonly separatingCost: number;
}

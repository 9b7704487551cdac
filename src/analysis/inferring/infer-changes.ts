import type { Cells } from '../../domain/cells.ts';
import { compareTexts } from '../../domain/text-order.ts';
import { CANDIDATE_KINDS } from '../candidates/index.ts';
import { exposureRuleOf } from '../exposure/exposure.ts';
import type { Phases } from '../phases.ts';
import { type InferredChange, shortDigests } from './inferred-change.ts';

/**
 * Every change that the telemetry shows, by time of appearance, then by id: what a document without changes is about. What the
 * document declares to tell kinds of traffic apart is no change.
 */
export function inferChanges(cells: Cells, phases: Phases, strata: readonly string[]): InferredChange[] {
  const found = [...CANDIDATE_KINDS.values()]
    .flatMap((kind) => kind.infer(cells, phases))
    .filter((change) => !strata.includes(exposureRuleOf(change)?.attribute ?? ''));
  return shortened(found).sort((left, right) => left.atMs - right.atMs || compareTexts(left.id, right.id));
}

/** Digests are shortened in the ids that stay different from all others. */
function shortened(changes: readonly InferredChange[]): InferredChange[] {
  const uses = new Map<string, number>();
  for (const { id } of changes) uses.set(shortDigests(id), (uses.get(shortDigests(id)) ?? 0) + 1);
  return changes.map((change) => {
    const short = shortDigests(change.id);
    return uses.get(short) === 1 ? { ...change, id: short } : change;
  });
}

import type { CHANGE_KINDS } from '../../domain/change-kinds.ts';
import { AppError } from '../../domain/error.ts';
import type { Change } from '../../domain/upgrade.ts';
import { binary } from './binary.ts';
import type { CandidateKind } from './candidate-kind.ts';
import { config } from './config.ts';
import { dependency } from './dependency.ts';
import { flag } from './flag.ts';
import { schedule } from './schedule.ts';
import { traffic } from './traffic.ts';

const KINDS = { binary, flag, config, dependency, schedule, traffic } satisfies Record<
  keyof typeof CHANGE_KINDS,
  CandidateKind
>;

/** The kinds of change that can be a cause; the compiler holds them to the kinds a document may state. */
export const CANDIDATE_KINDS: ReadonlyMap<string, CandidateKind> = new Map(Object.entries(KINDS));

export function candidateKindOf(change: Change): CandidateKind {
  const kind = CANDIDATE_KINDS.get(change.kind);
  if (kind) return kind;
  throw new AppError('document', `change "${change.id}" has the unknown kind "${change.kind}"`, {
    place: 'spec.changes',
    remedy: `use one of ${[...CANDIDATE_KINDS.keys()].join(', ')}`,
  });
}

/** A key of a change that a kind may be unable to do without. */
export type ChangeField = 'service' | 'peer' | 'flag' | 'key' | 'to';

export interface ChangeKind {
  readonly needs: readonly ChangeField[];
  /** The key that names what was changed, where the kind has one. */
  readonly subject: 'flag' | 'key' | null;
}

export type ChangeKinds = Readonly<Record<string, ChangeKind>>;

/** The kinds of change a document may state; the analysis has one candidate kind for each. */
export const CHANGE_KINDS = {
  binary: { needs: ['service', 'to'], subject: null },
  flag: { needs: ['flag'], subject: 'flag' },
  config: { needs: ['key'], subject: 'key' },
  dependency: { needs: ['peer'], subject: null },
  schedule: { needs: [], subject: null },
  traffic: { needs: [], subject: null },
} as const satisfies ChangeKinds;

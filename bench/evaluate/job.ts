import type { Answer } from './cases/answer.ts';
import type { Tally } from './simulation/tally.ts';

/** What a worker process can be asked for. */
export type Job =
  | { readonly kind: 'case'; readonly document: string }
  | { readonly kind: 'simulation'; readonly simulation: string; readonly scenario: string; readonly part: number };

export type Outcome =
  | { readonly kind: 'case'; readonly answer: Answer }
  | { readonly kind: 'simulation'; readonly tallies: readonly Tally[] };

import type { Tally } from './tally.ts';

/** One world, drawn again and again. A part is a stretch of work with a seed of its own. */
export interface Scenario {
  readonly name: string;
  /** How many parts a full run draws, and a quick one. */
  readonly parts: { readonly full: number; readonly quick: number };
  run(seed: number): Tally[];
}

/** Scenarios that answer one question; their figures stand under one name in the table. */
export interface Simulation {
  readonly name: string;
  readonly scenarios: readonly Scenario[];
}

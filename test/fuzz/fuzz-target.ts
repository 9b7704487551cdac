import type { Chance } from './chance.ts';

/** Throws on anything but what it may answer to bytes that are wrong; answers the kind of problem it found, or null. */
export type Take = (input: Buffer) => string | null;

/** Something that takes any bytes, and inputs worth changing. */
export interface FuzzTarget {
  readonly name: string;
  readonly corpus: readonly Buffer[];
  /** Changes what an input says, keeping it well-formed as a rule; without it only bytes are changed. */
  readonly mutate?: (input: Buffer, chance: Chance) => Buffer;
  /** One that has taken nothing yet, and lives on from input to input. */
  open(): Take;
}

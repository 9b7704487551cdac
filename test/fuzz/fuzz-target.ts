import type { Chance } from './chance.ts';

/** Something that takes any bytes, and inputs worth changing. */
export interface FuzzTarget {
  readonly name: string;
  readonly corpus: readonly Buffer[];
  /** Changes what an input says, keeping it well-formed as a rule; without it only bytes are changed. */
  readonly mutate?: (input: Buffer, chance: Chance) => Buffer;
  /** Throws on anything but what it may answer to bytes that are wrong; answers the kind of problem it found, or null. */
  take(input: Buffer): string | null;
}

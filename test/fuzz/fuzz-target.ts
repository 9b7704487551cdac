/** Something that takes any bytes, and inputs worth changing. */
export interface FuzzTarget {
  readonly name: string;
  readonly corpus: readonly Buffer[];
  /** Throws on anything but what it may answer to bytes that are wrong. */
  take(input: Buffer): void;
}

import type { BucketLayout } from '../../domain/cells.ts';

/** How many of a unit make a second. Dividing by whole numbers keeps 5 ms equal to 0.005 s to the last bit. */
const UNITS_PER_SECOND: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['seconds', 1],
  ['ms', 1e3],
  ['milliseconds', 1e3],
  ['us', 1e6],
  ['\u00b5s', 1e6],
  ['\u03bcs', 1e6],
  ['microseconds', 1e6],
  ['ns', 1e9],
  ['nanoseconds', 1e9],
  ['min', 1 / 60],
  ['minutes', 1 / 60],
  ['h', 1 / 3600],
]);

export interface DurationUnit {
  /** Values are divided by this to become seconds. */
  readonly perSecond: number;
  readonly isKnown: boolean;
}

/** `assumed` is the unit of the metric's convention, where the stream names none that is known. */
export function durationUnit(unit: string, assumed: 's' | 'ms'): DurationUnit {
  const known = UNITS_PER_SECOND.get(unit);
  if (known !== undefined) return { perSecond: known, isKnown: true };
  return { perSecond: assumed === 'ms' ? 1e3 : 1, isKnown: assumed === 'ms' && unit === '' };
}

/** No request lasts this long: bounds beyond it are made for milliseconds, as the SDK's default ones are (up to 10,000). */
const LONGEST_BOUND_SECONDS = 1000;

export function hasMillisecondBounds(layout: BucketLayout): boolean {
  return layout.kind === 'explicit' && (layout.bounds.at(-1) ?? 0) >= LONGEST_BOUND_SECONDS;
}

const NEARLY_ALL = 0.99;

/** A mean that hardly any traffic in seconds has, once more than `count` observations make it. */
export interface MeanLimit {
  readonly seconds: number;
  readonly count: number;
}

/** Answers of models and messages may take minutes. */
export const PATIENT_MEAN: MeanLimit = { seconds: 1000, count: 0 };
/** HTTP, RPC and database clients commonly give up after 10-60 s: a mean of many requests lies far below that. */
export const REQUEST_MEAN: MeanLimit = { seconds: 20, count: 100 };

/** What a duration metric of one service, said to be in seconds, adds up to. */
export class UnitEvidence {
  readonly #limits: readonly MeanLimit[];
  #count = 0;
  #sum = 0;
  #millisecondBoundsCount = 0;
  #firstTwoBuckets = 0;

  constructor(limits: readonly MeanLimit[]) {
    this.#limits = limits;
  }

  observe(count: number, sum: number): void {
    this.#count += count;
    if (!Number.isNaN(sum)) this.#sum += sum;
  }

  /** An increment on bounds made for milliseconds: its count, and how much of it lies in the first two buckets. */
  observeMillisecondBounds(count: number, firstTwoBuckets: number): void {
    this.#millisecondBoundsCount += count;
    this.#firstTwoBuckets += firstTwoBuckets;
  }

  /** Null where nothing looks wrong. */
  suspicion(): string | null {
    const mean = this.#sum / this.#count;
    const passed = this.#limits.find(({ seconds, count }) => this.#count > count && mean > seconds);
    if (passed !== undefined) {
      return `the unit is seconds, the mean is above ${passed.seconds}; these may be milliseconds`;
    }
    if (this.#millisecondBoundsCount === 0) return null;
    return this.#firstTwoBuckets >= NEARLY_ALL * this.#millisecondBoundsCount
      ? 'the unit is seconds, the bounds are made for milliseconds, nearly all observations lie below the first of them'
      : 'the unit is seconds, the bounds and the values look like milliseconds';
  }
}

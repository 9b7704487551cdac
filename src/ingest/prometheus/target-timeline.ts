import type { Attributes } from '../../domain/telemetry.ts';
import { compareTexts } from '../../domain/text-order.ts';
import { attributesKey } from '../folding/identity.ts';

/** Prometheus looks back so far for a sample (--query.lookback-delta): a series silent for longer has ended. */
const LOOKBACK_MS = 300_000;

interface Stretch {
  readonly firstMs: number;
  readonly key: string;
  readonly attributes: Attributes;
}

/**
 * What `target_info` says of one target over time. In a rolling upgrade the old version's series stays for minutes beside
 * the new one's: the one that began last holds.
 */
export class TargetTimeline {
  readonly #stretches: Stretch[] = [];

  /** Takes the samples of one series, in order of time. */
  add(attributes: Attributes, timeMs: Float64Array): void {
    const key = attributesKey(attributes);
    let previousMs = Number.NEGATIVE_INFINITY;
    for (const atMs of timeMs) {
      if (atMs - previousMs > LOOKBACK_MS) this.#stretches.push({ firstMs: atMs, key, attributes });
      previousMs = atMs;
    }
  }

  /** To be called after the last series. */
  settle(): void {
    this.#stretches.sort((a, b) => a.firstMs - b.firstMs || compareTexts(a.key, b.key));
  }

  get length(): number {
    return this.#stretches.length;
  }

  /** Which stretch holds at an instant; before the first one, the first one does. -1: nothing is known of the target. */
  indexAt(timeMs: number): number {
    let index = this.#stretches.length - 1;
    while (index > 0 && this.#stretches[index]!.firstMs > timeMs) index--;
    return index;
  }

  attributesOf(index: number): Attributes {
    return this.#stretches[index]?.attributes ?? NOTHING;
  }
}

const NOTHING: Attributes = new Map();
export const UNKNOWN_TARGET = new TargetTimeline();

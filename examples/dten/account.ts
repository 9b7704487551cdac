import { createHash } from 'node:crypto';
import { exponential, type Random, seededRandom } from './seeded-random.ts';
import { SLOWNESS } from './slowness.ts';

/** How long a burst lasts when nobody calls, how far each call pushes its end, and the longest it can get. */
const BURST_MS = 300 * SLOWNESS;
const PENALTY_MS = 220 * SLOWNESS;
const LONGEST_BURST_MS = 1_600 * SLOWNESS;
/** Pause between the starts of two bursts: at least this, and an exponential wait on top. */
const SHORTEST_PAUSE_MS = 3_500 * SLOWNESS;
const MEAN_FURTHER_PAUSE_MS = 6_500 * SLOWNESS;

/**
 * A merchant's account at the third party. It is throttled in bursts, whatever the callers do; every call made
 * meanwhile pushes the end of the burst away. When bursts start does not depend on the traffic.
 */
export class Account {
  readonly #random: Random;
  #burstStartMs = Number.NEGATIVE_INFINITY;
  #throttledUntilMs = Number.NEGATIVE_INFINITY;
  #nextBurstMs: number;

  constructor(name: string, nowMs: number) {
    this.#random = seededRandom(createHash('sha256').update(name).digest().readUInt32BE(0));
    this.#nextBurstMs = nowMs + this.#random() * (SHORTEST_PAUSE_MS + MEAN_FURTHER_PAUSE_MS);
  }

  /** Whether a call made now is refused. Asking counts as the call. */
  throttles(nowMs: number): boolean {
    while (this.#nextBurstMs <= nowMs) this.#startBurst();
    if (nowMs >= this.#throttledUntilMs) return false;
    const pushedMs = Math.max(this.#throttledUntilMs, nowMs + PENALTY_MS);
    this.#throttledUntilMs = Math.min(pushedMs, this.#burstStartMs + LONGEST_BURST_MS);
    return true;
  }

  #startBurst(): void {
    this.#burstStartMs = this.#nextBurstMs;
    this.#throttledUntilMs = this.#burstStartMs + BURST_MS;
    this.#nextBurstMs += SHORTEST_PAUSE_MS + exponential(this.#random, MEAN_FURTHER_PAUSE_MS);
  }
}

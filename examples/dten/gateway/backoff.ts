import { SLOWNESS } from '../slowness.ts';

/** How a call to the payments API is repeated. */
export interface RetryStrategy {
  readonly attempts: number;
  /** The wait before attempt `resendCount` (1 is the first repetition), given a number in [0, 1). */
  readonly waitMs: (resendCount: number, random: number) => number;
}

/** What 4.1.9 does: few attempts, far enough apart for a throttled account to recover. */
export const fixedWait: RetryStrategy = { attempts: 3, waitMs: () => 370 * SLOWNESS };

/** What `backoff.v2` does: quick and jittered, doubling from about 20 ms. */
export const quickBackoff: RetryStrategy = {
  attempts: 8,
  waitMs: (resendCount, random) => SLOWNESS * Math.min(400, 20 * 2 ** (resendCount - 1)) * (0.5 + random / 2),
};

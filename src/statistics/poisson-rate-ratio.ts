import { binomialCdf } from './binomial.ts';
import type { Interval } from './mover.ts';
import { clopperPearsonInterval } from './wilson.ts';

export interface EventCount {
  readonly events: number;
  /** Time, or requests, over which the events were counted. */
  readonly exposure: number;
}

/**
 * Ratio second/first of two Poisson rates, exact given the total of events (Przyborowski & Wilenski 1940): p doubles the
 * smaller tail against "rates are equal", the interval is that of Clopper & Pearson carried over to the ratio.
 */
export function exactRateRatio(first: EventCount, second: EventCount, level: number): Interval & { p: number } {
  const total = first.events + second.events;
  const scale = first.exposure / second.exposure;
  const share = second.exposure / (first.exposure + second.exposure);
  const ratio = (part: number) => (part >= 1 ? Number.POSITIVE_INFINITY : (part / (1 - part)) * scale);
  const { low, high } = clopperPearsonInterval(second.events, total, level);
  const atMost = binomialCdf(second.events, total, share);
  const atLeast = 1 - binomialCdf(second.events - 1, total, share);
  const p = total > 0 ? Math.min(1, 2 * Math.min(atMost, atLeast)) : 1;
  return { estimate: (second.events / first.events) * scale, low: ratio(low), high: ratio(high), p };
}

import type { Interval } from '../../statistics/mover.ts';

/**
 * Interval of effect / total, each end from both intervals (MOVER to first order, Donner & Zou 2012). They are taken for
 * independent, though traffic that lifts one lifts the other: rather too wide.
 */
export function shareOfMove(effect: Interval, total: Interval): Interval {
  const { estimate, low, high } = scaled(effect, 1 / total.estimate);
  const spread = scaled(total, 1 / total.estimate);
  const reach = (own: number, whole: number): number => Math.hypot(own, estimate * whole);
  return {
    estimate,
    low: estimate - reach(estimate - low, spread.high - 1),
    high: estimate + reach(high - estimate, 1 - spread.low),
  };
}

/** Between nothing and the whole. */
export function withinWhole({ estimate, low, high }: Interval): Interval {
  const within = (end: number): number => Math.min(1, Math.max(0, end));
  return { estimate: within(estimate), low: within(low), high: within(high) };
}

/** The same for parts of one whole: where by chance they add up to more, each is as much smaller. Their ends stay. */
export function withinOneWhole<Part extends Interval>(parts: readonly Part[]): Map<Part, Interval> {
  const cut = parts.map((part) => [part, withinWhole(part)] as const);
  const all = cut.reduce((sum, [, { estimate }]) => sum + estimate, 0);
  return new Map(
    cut.map(([part, { estimate, low, high }]) => {
      const own = estimate / Math.max(1, all);
      return [part, { estimate: own, low: Math.min(own, low), high }];
    }),
  );
}

export function scaled({ estimate, low, high }: Interval, by: number): Interval {
  const ends = [low * by, high * by];
  return { estimate: estimate * by, low: Math.min(...ends), high: Math.max(...ends) };
}

import { type Reference, sumsBetween } from './reference.ts';

/** All of the baseline. */
export function wholeBaseline(): Reference {
  const whole: Reference = {
    periodBlocks: null,
    followsLevel: false,
    levelFactor: () => 1,
    note: null,
    sumsFor(baseline) {
      const all = sumsBetween(baseline, 0, baseline.blocks.length);
      return (from, to) => {
        const window = sumsBetween(baseline, from, to);
        return {
          numerator: all.numerator - window.numerator,
          denominator: all.denominator - window.denominator,
          blocks: all.blocks - window.blocks,
        };
      };
    },
    serving: () => () => true,
    from: () => whole,
  };
  return whole;
}

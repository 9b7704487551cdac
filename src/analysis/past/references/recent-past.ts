import { type Reference, sumsBetween } from './reference.ts';

/**
 * The last stretch of the baseline, for levels that drift from day to day. Quiet windows are predicted from as far away as
 * post is: a level of an hour ago foretells more than one of last week.
 */
export function recentPast(lengthBlocks: number, gapBlocks: number, lengthWords: string): Reference {
  return {
    periodBlocks: null,
    followsLevel: false,
    levelFactor: () => 1,
    note: `compared with the last ${lengthWords} of the baseline, which predict the past's own quiet windows best`,
    sumsFor: (baseline) => (from) => {
      const end = Math.max(0, from - gapBlocks);
      return sumsBetween(baseline, Math.max(0, end - lengthBlocks), end);
    },
    serving({ blocks }) {
      const first = blocks[Math.max(0, blocks.length - lengthBlocks)] ?? 0;
      return (block) => block >= first;
    },
    from: (farther) => recentPast(lengthBlocks, gapBlocks + farther, lengthWords),
  };
}

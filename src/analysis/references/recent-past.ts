import { type Reference, sumsBetween } from './reference.ts';

/** The last stretch of the baseline, for levels that drift from day to day. */
export function recentPast(lengthBlocks: number, lengthWords: string): Reference {
  return {
    periodBlocks: null,
    followsLevel: false,
    levelFactor: () => 1,
    note: `compared with the last ${lengthWords} of the baseline, which predict the past's own quiet windows best`,
    sumsFor: (baseline) => (from) => sumsBetween(baseline, Math.max(0, from - lengthBlocks), from),
    serving({ blocks }) {
      const first = blocks[Math.max(0, blocks.length - lengthBlocks)] ?? 0;
      return (block) => block >= first;
    },
  };
}

import type { CellSeries } from '../../domain/cells.ts';
import { doseAt, type Exposure, FEWEST_MIXED_BLOCKS } from '../exposure/exposure.ts';

/** When a change came to each instance, and when it was there. */
export interface Arrivals {
  /** By name: the first block mostly exposed; instances it never came to are not in it. */
  readonly first: ReadonlyMap<string, number>;
  /** Was most of the instance's traffic of the block exposed? */
  isThere(instance: string, block: number): boolean;
}

/** Half of the traffic of an instance and block makes it exposed. */
const MOSTLY = 0.5;

/** Null unless the change walked: it came to instances at different times, while others of them still waited for it. */
export function staggeredArrivals(exposure: Exposure, series: readonly CellSeries[]): Arrivals | null {
  if (exposure.sight !== 'visible') return null;
  const met = metByInstance(exposure, series);
  const first = new Map<string, number>();
  for (const [instance, blocks] of met) {
    for (const [block, share] of blocks) {
      if (share.met >= MOSTLY * share.all && block < (first.get(instance) ?? Number.POSITIVE_INFINITY)) {
        first.set(instance, block);
      }
    }
  }
  const times = [...first.values()];
  if (times.length === 0 || Math.max(...times) - Math.min(...times) < FEWEST_MIXED_BLOCKS) return null;
  return {
    first,
    isThere: (instance, block) => {
      const share = met.get(instance)?.get(block);
      return share !== undefined && share.met >= MOSTLY * share.all;
    },
  };
}

interface Share {
  met: number;
  all: number;
}

function metByInstance(exposure: Exposure, series: readonly CellSeries[]): Map<string, Map<number, Share>> {
  const met = new Map<string, Map<number, Share>>();
  series.forEach(({ key, block, count }, index) => {
    if (key.instance === null) return;
    const blocks = met.get(key.instance) ?? new Map<number, Share>();
    met.set(key.instance, blocks);
    for (let row = 0; row < block.length; row++) {
      const share = blocks.get(block[row]!) ?? { met: 0, all: 0 };
      share.met += count[row]! * doseAt(exposure, index, row);
      share.all += count[row]!;
      blocks.set(block[row]!, share);
    }
  });
  return met;
}

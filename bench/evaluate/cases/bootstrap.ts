import { seededChance } from '../chance.ts';

const DRAWS = 2000;
const SEED = 20_260_101;

interface Clustered {
  readonly cluster: string;
}

/** 95 % percentile intervals from draws of whole clusters; none for a figure that most draws cannot form. */
export function bootstrapIntervals<Item extends Clustered>(
  items: readonly Item[],
  measure: (drawn: readonly Item[]) => ReadonlyMap<string, number | null>,
): Map<string, readonly [number, number]> {
  const clusters = clustersOf(items);
  const chance = seededChance(SEED);
  const seen = new Map<string, number[]>();
  for (let draw = 0; draw < DRAWS; draw++) {
    const drawn = clusters.flatMap(() => clusters[Math.floor(chance.uniform() * clusters.length)]!);
    for (const [name, value] of measure(drawn)) {
      if (value === null) continue;
      const values = seen.get(name);
      if (values === undefined) seen.set(name, [value]);
      else values.push(value);
    }
  }
  const intervals = new Map<string, readonly [number, number]>();
  for (const [name, values] of seen) {
    if (values.length < DRAWS / 2) continue;
    values.sort((a, b) => a - b);
    const at = (share: number): number => values[Math.min(values.length - 1, Math.floor(share * values.length))]!;
    intervals.set(name, [at(0.025), at(0.975)]);
  }
  return intervals;
}

function clustersOf<Item extends Clustered>(items: readonly Item[]): Item[][] {
  const byName = new Map<string, Item[]>();
  for (const item of items) {
    const members = byName.get(item.cluster);
    if (members === undefined) byName.set(item.cluster, [item]);
    else members.push(item);
  }
  return [...byName].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, members]) => members);
}

import { BASELINE, NEITHER, POST } from '../phases.ts';
import type { Sample } from './sample.ts';

/** The sample with only the last clusters of post, a share of them. */
export function lastOfPost(sample: Sample, share: number): Sample {
  const before = sample.clusters[POST];
  const first = Math.ceil(before * (1 - share));
  const armOf = sample.armOf.map((arms, index) =>
    arms.map((arm, row) => (arm === POST && sample.clusterOf[index]![row]! < first ? NEITHER : arm)),
  );
  const clusterOf = sample.clusterOf.map((clusters, index) =>
    clusters.map((cluster, row) => (armOf[index]![row] === POST ? cluster - first : cluster)),
  );
  return { ...sample, armOf, clusterOf, clusters: [sample.clusters[0], before - first] };
}

/** The first half of the baseline as baseline, the second as post: what nothing happened between. */
export function halvesOfBaseline(sample: Sample): Sample {
  const first = Math.floor(sample.clusters[BASELINE] / 2);
  const isLate = (index: number, row: number): boolean => sample.clusterOf[index]![row]! >= first;
  const armOf = sample.armOf.map((arms, index) =>
    arms.map((arm, row) => (arm !== BASELINE ? NEITHER : isLate(index, row) ? POST : BASELINE)),
  );
  const clusterOf = sample.clusterOf.map((clusters, index) =>
    clusters.map((cluster, row) => (isLate(index, row) ? cluster - first : cluster)),
  );
  return { ...sample, armOf, clusterOf, clusters: [first, sample.clusters[BASELINE] - first] };
}

/** The sample without some rows; clusters that lose all of theirs are gone, the others numbered anew. */
export function withoutRows(sample: Sample, isLeftOut: (seriesIndex: number, row: number) => boolean): Sample {
  const kept = [new Int32Array(sample.clusters[BASELINE]), new Int32Array(sample.clusters[POST])] as const;
  const armOf = sample.armOf.map((before, index) => {
    const arms = before.slice();
    const clusters = sample.clusterOf[index]!;
    for (let row = 0; row < arms.length; row++) {
      const arm = arms[row]!;
      if (arm === NEITHER) continue;
      if (isLeftOut(index, row)) arms[row] = NEITHER;
      else kept[arm as 0 | 1][clusters[row]!] = 1;
    }
    return arms;
  });
  const counts = [numberKept(kept[BASELINE]), numberKept(kept[POST])] as const;
  const clusterOf = sample.clusterOf.map((before, index) => {
    const arms = armOf[index]!;
    const clusters = before.slice();
    for (let row = 0; row < clusters.length; row++) {
      const arm = arms[row]!;
      if (arm !== NEITHER) clusters[row] = kept[arm as 0 | 1][clusters[row]!]!;
    }
    return clusters;
  });
  return { ...sample, armOf, clusterOf, clusters: counts };
}

/** Puts numbers from 0 on in the place of flags, and answers how many there were. */
function numberKept(flags: Int32Array): number {
  let count = 0;
  for (let i = 0; i < flags.length; i++) flags[i] = flags[i] === 1 ? count++ : -1;
  return count;
}

/** The sample with only some blocks of its baseline; null where fewer than two are left. */
export function withBaseline(sample: Sample, isKept: (block: number) => boolean): Sample | null {
  const kept = withoutRows(
    sample,
    (index, row) => sample.armOf[index]![row] === BASELINE && !isKept(sample.series[index]!.block[row]!),
  );
  return kept.clusters[BASELINE] < 2 ? null : kept;
}

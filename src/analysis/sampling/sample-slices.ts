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
  const armOf = sample.armOf.map((arms, index) =>
    arms.map((arm, row) => (arm !== NEITHER && isLeftOut(index, row) ? NEITHER : arm)),
  );
  const kept = [new Uint8Array(sample.clusters[BASELINE]), new Uint8Array(sample.clusters[POST])] as const;
  armOf.forEach((arms, index) => {
    arms.forEach((arm, row) => {
      if (arm !== NEITHER) kept[arm as 0 | 1][sample.clusterOf[index]![row]!] = 1;
    });
  });
  const numbers = kept.map((flags) => {
    let next = 0;
    return Int32Array.from(flags, (flag) => (flag === 1 ? next++ : -1));
  });
  const clusterOf = sample.clusterOf.map((clusters, index) =>
    clusters.map((cluster, row) => {
      const arm = armOf[index]![row]!;
      return arm === NEITHER ? cluster : numbers[arm]![cluster]!;
    }),
  );
  const countOf = (flags: Uint8Array): number => flags.reduce((sum, flag) => sum + flag, 0);
  return { ...sample, armOf, clusterOf, clusters: [countOf(kept[0]), countOf(kept[1])] };
}

/** The sample with only some blocks of its baseline; null where fewer than two are left. */
export function withBaseline(sample: Sample, isKept: (block: number) => boolean): Sample | null {
  const kept = withoutRows(
    sample,
    (index, row) => sample.armOf[index]![row] === BASELINE && !isKept(sample.series[index]!.block[row]!),
  );
  return kept.clusters[BASELINE] < 2 ? null : kept;
}

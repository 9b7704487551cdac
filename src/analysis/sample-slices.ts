import { BASELINE, NEITHER, POST } from './phases.ts';
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

/** The sample with only some blocks of its baseline, clusters numbered anew; null where fewer than two are left. */
export function withBaseline(sample: Sample, isKept: (block: number) => boolean): Sample | null {
  const armOf = sample.series.map((series, index) =>
    sample.armOf[index]!.map((arm, row) => (arm === BASELINE && !isKept(series.block[row]!) ? NEITHER : arm)),
  );
  const kept = new Set<number>();
  armOf.forEach((arms, index) => {
    arms.forEach((arm, row) => {
      if (arm === BASELINE) kept.add(sample.clusterOf[index]![row]!);
    });
  });
  if (kept.size < 2) return null;
  const numbers = new Map([...kept].sort((a, b) => a - b).map((cluster, number) => [cluster, number]));
  const clusterOf = sample.clusterOf.map((clusters, index) =>
    clusters.map((cluster, row) => (armOf[index]![row] === BASELINE ? numbers.get(cluster)! : cluster)),
  );
  return { ...sample, armOf, clusterOf, clusters: [kept.size, sample.clusters[POST]] };
}

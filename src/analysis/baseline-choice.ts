import type { ComparisonMethod } from '../domain/report.ts';
import { type Calibration, calibrate } from './calibration.ts';
import type { Design } from './design.ts';
import type { Indicator } from './indicators/indicator.ts';
import { BASELINE, NEITHER, type Phases, POST } from './phases.ts';
import { referencesFor } from './references/index.ts';
import type { BaselineBlocks, Reference } from './references/reference.ts';
import { countByCluster, type RowRatio, type Sample } from './sample.ts';

/** Which part of the past one indicator is compared with, and how well that part predicts quiet windows. */
export interface BaselineChoice {
  readonly method: ComparisonMethod;
  readonly sample: Sample;
  readonly calibration: Calibration | null;
  /** Blocks of the season that was matched; null where none was. */
  readonly periodBlocks: number | null;
  /** What was followed over the past to choose; null where there was no choice. */
  readonly response: RowRatio | null;
  readonly notes: readonly string[];
}

/** Another reference is only taken where it predicts quiet windows this much better than a plainer one. */
const BETTER_BY = 0.85;

/**
 * Concurrent arms share their clock and need no choice. Otherwise the reference that best predicts the past's own quiet
 * windows: all of the baseline, its last stretch, or the same hours of earlier days or weeks.
 */
export function chooseBaseline(
  design: Design,
  indicator: Indicator,
  phases: Phases,
  asked: ComparisonMethod | null,
): BaselineChoice {
  const plain: BaselineChoice = { ...design, calibration: null, periodBlocks: null, response: null };
  const response = design.method === 'before-after' ? indicator.response(design.sample) : null;
  if (response === null || phases.post === null) return plain;
  const baseline = baselineBlocks(design.sample, response);
  const postBlocks = design.sample.clusters[POST];
  const postMs = phases.post.endMs - phases.post.startMs;
  let best: BaselineChoice = { ...plain, response };
  const shape = {
    startBlock: phases.post.startMs / phases.resolutionMs,
    spanBlocks: postMs / phases.resolutionMs,
    blocks: postBlocks,
  };
  const gap = gapBlocks(baseline.blocks, phases);
  for (const reference of referencesFor(postBlocks, postMs, phases.resolutionMs, gap)) {
    if (reference.followsLevel && !indicator.isRatio) continue;
    if (asked !== null && asked !== methodOf(reference)) continue;
    const calibration = calibrate(baseline, shape, reference, indicator.levelPower);
    if (calibration === null || calibration.error >= BETTER_BY * (best.calibration?.error ?? Number.POSITIVE_INFINITY))
      continue;
    const sample = referenceSample(design.sample, reference, baseline);
    if (sample === null || Number.isNaN(calibration.levelFactor)) continue;
    best = {
      method: methodOf(reference),
      sample,
      calibration,
      periodBlocks: reference.periodBlocks,
      response,
      notes: reference.note === null ? design.notes : [...design.notes, reference.note],
    };
  }
  return best;
}

/** Blocks as far apart as those of the baseline that fit between its end and post. */
function gapBlocks(blocks: Int32Array, { post, resolutionMs }: Phases): number {
  const last = blocks.at(-1);
  if (post === null || last === undefined || blocks.length < 2) return 0;
  const gaps = blocks.subarray(1).map((block, j) => block - blocks[j]!);
  const step = gaps.sort()[gaps.length >> 1]!;
  return Math.max(0, Math.round((post.startMs / resolutionMs - last) / step - 1));
}

function methodOf(reference: Reference): ComparisonMethod {
  return reference.periodBlocks === null ? 'before-after' : 'matched';
}

function baselineBlocks(sample: Sample, response: RowRatio): BaselineBlocks {
  const [counts] = countByCluster(sample, response);
  const blocks = new Int32Array(sample.clusters[BASELINE]);
  sample.series.forEach((series, index) => {
    const armOf = sample.armOf[index]!;
    const clusterOf = sample.clusterOf[index]!;
    for (let row = 0; row < armOf.length; row++) {
      if (armOf[row] === BASELINE) blocks[clusterOf[row]!] = series.block[row]!;
    }
  });
  return { blocks, counts };
}

/** The sample with only the baseline blocks that serve as reference; null where fewer than two are left. */
function referenceSample(sample: Sample, reference: Reference, baseline: BaselineBlocks): Sample | null {
  const postBlocks = new Set<number>();
  sample.series.forEach((series, index) => {
    const armOf = sample.armOf[index]!;
    for (let row = 0; row < armOf.length; row++) if (armOf[row] === POST) postBlocks.add(series.block[row]!);
  });
  const serves = reference.serving(baseline, [...postBlocks]);
  const armOf = sample.series.map((series, index) =>
    sample.armOf[index]!.map((arm, row) => (arm === BASELINE && !serves(series.block[row]!) ? NEITHER : arm)),
  );
  return renumbered(sample, armOf);
}

/** Baseline clusters numbered anew without gaps. */
function renumbered(sample: Sample, armOf: readonly Int8Array[]): Sample | null {
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

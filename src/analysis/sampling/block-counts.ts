import type { BaselineBlocks } from '../past/references/reference.ts';
import { BASELINE, NEITHER, POST } from '../phases.ts';
import { blockArms } from './block-arms.ts';
import { countByCluster, type RowRatio, type Sample } from './sample.ts';

/** A ratio's two sides by block in one arm of a sample whose clusters are blocks. */
export function countsByBlock(sample: Sample, ratio: RowRatio, wanted: 0 | 1): BaselineBlocks {
  return countsOfArms(sample, ratio)[wanted];
}

/** The same in both arms. */
export function countsOfArms(sample: Sample, ratio: RowRatio): [BaselineBlocks, BaselineBlocks] {
  const counts = countByCluster(sample, ratio);
  return [
    { blocks: blocksOfArm(sample, BASELINE), counts: counts[BASELINE] },
    { blocks: blocksOfArm(sample, POST), counts: counts[POST] },
  ];
}

const known = new WeakMap<Sample, readonly [Int32Array, Int32Array]>();

/** The blocks of an arm whose clusters are blocks, in their order; shared by all who ask, so never written to. */
export function blocksOfArm(sample: Sample, arm: 0 | 1): Int32Array {
  const blocks = known.get(sample) ?? blocksByCluster(sample);
  known.set(sample, blocks);
  return blocks[arm];
}

function blocksByCluster(sample: Sample): readonly [Int32Array, Int32Array] {
  const blocks = [new Int32Array(sample.clusters[BASELINE]), new Int32Array(sample.clusters[POST])] as const;
  const byBlock = blockArms(sample);
  if (byBlock !== null) {
    for (let i = 0; i < byBlock.armOfBlock.length; i++) {
      const arm = byBlock.armOfBlock[i]!;
      if (arm !== NEITHER) blocks[arm as 0 | 1][byBlock.clusterOfBlock[i]!] = byBlock.span.first + i;
    }
    return blocks;
  }
  sample.series.forEach((series, index) => {
    const armOf = sample.armOf[index]!;
    const clusterOf = sample.clusterOf[index]!;
    for (let row = 0; row < armOf.length; row++) {
      const arm = armOf[row]!;
      if (arm !== NEITHER) blocks[arm as 0 | 1][clusterOf[row]!] = series.block[row]!;
    }
  });
  return blocks;
}

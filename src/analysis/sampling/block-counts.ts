import type { BaselineBlocks } from '../past/references/reference.ts';
import { countByCluster, type RowRatio, type Sample } from './sample.ts';

/** A ratio's two sides by block in one arm of a sample whose clusters are blocks. */
export function countsByBlock(sample: Sample, ratio: RowRatio, wanted: 0 | 1): BaselineBlocks {
  const counts = countByCluster(sample, ratio)[wanted];
  const blocks = new Int32Array(sample.clusters[wanted]);
  sample.series.forEach((series, index) => {
    const armOf = sample.armOf[index]!;
    const clusterOf = sample.clusterOf[index]!;
    for (let row = 0; row < armOf.length; row++) {
      if (armOf[row] === wanted) blocks[clusterOf[row]!] = series.block[row]!;
    }
  });
  return { blocks, counts };
}

import type { CellSeries } from '../../domain/cells.ts';
import { NEITHER } from '../phases.ts';
import type { PlacedRows } from '../strata/strata.ts';

/** From the first block that a row lies in to the last: entry i of what is laid out by block is the block `first` + i. */
export interface BlockSpan {
  readonly first: number;
  readonly length: number;
}

/** Where all rows of a block are in one arm and cluster, as before against after: which, by block of the span. */
export interface BlockArms {
  readonly span: BlockSpan;
  readonly armOfBlock: Int8Array;
  readonly clusterOfBlock: Int32Array;
  /** Stretches of one arm in which each block is the next cluster; null where blocks are not the clusters in their order. */
  readonly stretches: readonly BlockStretch[] | null;
}

/** Entries `from` to before `to` of what is laid out by block, from cluster `cluster` of the arm on. */
export interface BlockStretch {
  readonly arm: 0 | 1;
  readonly from: number;
  readonly to: number;
  readonly cluster: number;
}

/** Blocks so far apart that most of them are empty are not laid out. */
const MOST_EMPTY = 8;
const UNSEEN = -2;
const LEAST_PLACED = 0.1;

const known = new WeakMap<PlacedRows, BlockArms | null>();

/**
 * Null where rows of one block went different ways, so that they cannot be added up before they are placed, and where so few
 * are in an arm that it would not pay.
 */
export function blockArms(rows: PlacedRows): BlockArms | null {
  const before = known.get(rows);
  if (before !== undefined) return before;
  const made = findBlockArms(rows);
  known.set(rows, made);
  return made;
}

function findBlockArms({ series, armOf, clusterOf }: PlacedRows): BlockArms | null {
  const span = blockSpan(series);
  if (span === null) return null;
  const arms = new Int8Array(span.length).fill(UNSEEN);
  const clusters = new Int32Array(span.length);
  let [rows, placed] = [0, 0];
  for (let index = 0; index < series.length; index++) {
    const { block } = series[index]!;
    const ofRows = armOf[index]!;
    const numbers = clusterOf[index]!;
    for (let row = 0; row < block.length; row++) {
      const i = block[row]! - span.first;
      const arm = ofRows[row]!;
      rows++;
      if (arm !== NEITHER) placed++;
      if (arms[i] === UNSEEN) {
        arms[i] = arm;
        clusters[i] = numbers[row]!;
      } else if (arms[i] !== arm || (arm !== NEITHER && clusters[i] !== numbers[row])) return null;
    }
  }
  if (placed < LEAST_PLACED * rows) return null;
  for (let i = 0; i < arms.length; i++) if (arms[i] === UNSEEN) arms[i] = NEITHER;
  return { span, armOfBlock: arms, clusterOfBlock: clusters, stretches: stretchesOf(arms, clusters) };
}

function stretchesOf(arms: Int8Array, clusters: Int32Array): BlockStretch[] | null {
  const stretches: BlockStretch[] = [];
  const next: [number, number] = [0, 0];
  let from = 0;
  for (let i = 0; i < arms.length; i++) {
    const arm = arms[i]!;
    if (arm !== NEITHER && clusters[i] !== next[arm as 0 | 1]++) return null;
    if (i + 1 < arms.length && arms[i + 1] === arm) continue;
    if (arm !== NEITHER) stretches.push({ arm: arm as 0 | 1, from, to: i + 1, cluster: clusters[from]! });
    from = i + 1;
  }
  return stretches;
}

/** Null where there is nothing, or too little for so long a time. */
export function blockSpan(series: readonly CellSeries[]): BlockSpan | null {
  let [first, last, rows] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const { block } of series) {
    if (block.length === 0) continue;
    first = Math.min(first, block[0]!);
    last = Math.max(last, block[block.length - 1]!);
    rows += block.length;
  }
  const length = last - first + 1;
  return rows === 0 || length > MOST_EMPTY * rows ? null : { first, length };
}

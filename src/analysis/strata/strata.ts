import type { CellSeries } from '../../domain/cells.ts';
import { sum } from '../../statistics/descriptive.ts';
import { BASELINE, NEITHER, POST } from '../phases.ts';

/** Rows in arms and clusters; see `Sample`. */
export interface PlacedRows {
  readonly series: readonly CellSeries[];
  readonly armOf: readonly Int8Array[];
  readonly clusterOf: readonly Int32Array[];
  readonly clusters: readonly [number, number];
}

/** Which kind of traffic each series is: the values of attributes that are to be held equal. */
export interface Strata {
  readonly attributes: readonly string[];
  /** Per series: the number of its stratum. */
  readonly ofSeries: Int32Array;
  readonly count: number;
}

/** The strata with enough traffic in both arms to be compared with themselves. */
export interface ComparedStrata {
  /** Per series: the number of its compared stratum; -1 where the other arm lacks such traffic. */
  readonly ofSeries: Int32Array;
  readonly count: number;
  /** Clusters of each compared stratum: baseline, post. */
  readonly clusters: readonly [Int32Array, Int32Array];
  /** Share of each arm's requests in compared strata of their own, without the one that joins rare ones. */
  readonly ownShares: readonly [number, number];
  /** Share of each arm's requests whose stratum the other arm lacks. */
  readonly outsideShares: readonly [number, number];
}

/** A stratum of fewer requests an arm is not post-stratified on (Cochran 1977, section 5A.9). */
const FEWEST_REQUESTS = 20;
/** What varies between clusters inside a stratum is not seen in fewer, unless the whole arm has no more. */
const FEWEST_CLUSTERS = 5;

interface Tally {
  readonly requests: readonly [Float64Array, Float64Array];
  readonly clusters: readonly [Int32Array, Int32Array];
}

/**
 * Strata as they can be compared. One that would be rare in an arm even at equal mixes joins the other rare ones; one
 * that is not rare, yet all but missing in an arm, has appeared or vanished and is compared with nothing.
 */
export function compareStrata(rows: PlacedRows, strata: Strata): ComparedStrata {
  const tally = tallyStrata(rows, strata);
  const [before, after] = tally.requests;
  const totals = [sum(before), sum(after)] as const;
  const all = totals[0] + totals[1];
  const least = all > 0 ? Math.min(...totals) / all : 0;
  const number = new Int32Array(strata.count).fill(-1);
  const rare: number[] = [];
  let count = 0;
  for (let s = 0; s < strata.count; s++) {
    const expected = (before[s]! + after[s]!) * least;
    if (expected < FEWEST_REQUESTS || (hasRequests(tally, s) && !hasClusters(tally, s, rows))) rare.push(s);
    else if (hasRequests(tally, s)) number[s] = count++;
  }
  const own = count;
  for (const s of rare) number[s] = count;
  const merged = tallyStrata(rows, { ofSeries: strata.ofSeries.map((s) => number[s]!), count: count + 1 });
  if (hasRequests(merged, count) && hasClusters(merged, count, rows)) count++;
  else for (const s of rare) number[s] = -1;
  const shareUpTo = (end: number, arm: 0 | 1): number => sum(merged.requests[arm].subarray(0, end)) / totals[arm];
  return {
    ofSeries: strata.ofSeries.map((s) => number[s]!),
    count,
    clusters: merged.clusters,
    ownShares: [shareUpTo(own, BASELINE), shareUpTo(own, POST)],
    outsideShares: [1 - shareUpTo(count, BASELINE), 1 - shareUpTo(count, POST)],
  };
}

function hasRequests({ requests }: Tally, stratum: number): boolean {
  return Math.min(requests[0][stratum]!, requests[1][stratum]!) >= FEWEST_REQUESTS;
}

function hasClusters({ clusters }: Tally, stratum: number, rows: PlacedRows): boolean {
  return [BASELINE, POST].every(
    (arm) => clusters[arm as 0 | 1][stratum]! >= Math.min(FEWEST_CLUSTERS, rows.clusters[arm as 0 | 1]),
  );
}

/** Requests and clusters of each stratum and arm; series of stratum -1 are passed over. */
function tallyStrata(rows: PlacedRows, { ofSeries, count }: Pick<Strata, 'ofSeries' | 'count'>): Tally {
  const requests = [new Float64Array(count), new Float64Array(count)] as const;
  const clusters = [new Int32Array(count), new Int32Array(count)] as const;
  const latest = rows.clusters.map((ofArm) => new Int32Array(ofArm).fill(-1));
  const byStratum = Int32Array.from(rows.series.keys()).sort((a, b) => ofSeries[a]! - ofSeries[b]! || a - b);
  for (const index of byStratum) {
    const stratum = ofSeries[index]!;
    if (stratum < 0) continue;
    const arms = rows.armOf[index]!;
    const numbers = rows.clusterOf[index]!;
    const counts = rows.series[index]!.count;
    for (let row = 0; row < arms.length; row++) {
      const arm = arms[row]!;
      if (arm === NEITHER || !(counts[row]! > 0)) continue;
      requests[arm as 0 | 1][stratum]! += counts[row]!;
      const seen = latest[arm]!;
      if (seen[numbers[row]!] === stratum) continue;
      seen[numbers[row]!] = stratum;
      clusters[arm as 0 | 1][stratum]!++;
    }
  }
  return { requests, clusters };
}

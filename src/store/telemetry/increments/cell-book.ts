import type { ClickHouseClient } from '@clickhouse/client';
import { INSERT_TIMEOUT_MS, READING } from '../client.ts';
import {
  type BlockWindow,
  keptRuns,
  packedRuns,
  READ_RUN_COLUMNS,
  RUN_COLUMNS,
  windowedRuns,
} from './cell-runs-sql.ts';
import { cellsFromPoints } from './cells-sql.ts';
import {
  type IncrementPlan,
  type IncrementRange,
  MOST_LISTED,
  PROBES,
  SEGMENT_NS,
  UNLISTED,
} from './increments-sql.ts';
import { type SegmentState, segmentStates } from './segment-states.ts';
import { removeUnused } from './unused-cells.ts';

export interface CellSettings {
  /** Cells are kept of hours in which no point has come for so long: longer than an insert may take. */
  readonly settleMs: number;
}

export const DEFAULT_CELLS: CellSettings = { settleMs: 2 * INSERT_TIMEOUT_MS };

/** Length of the blocks of kept cells. */
const KEPT_BLOCK_NS = 60_000_000_000n;
const SEGMENT = BigInt(SEGMENT_NS);
/** Rows are sorted and grouped in memory: so many points of 16 buckets take some 300 MB. */
const MOST_POINTS = 1_000_000;
const SEGMENTS_AT_ONCE = 6;

/** A query for runs of cells, to be run with the tenant as parameter, in order of head, stream and hour. */
export type RunQuery = string;

/** Length of the blocks that cells are handed out in: those of kept cells, where a resolution is made of them. */
export function blockNsOf(resolutionNs: bigint): bigint {
  return resolutionNs % KEPT_BLOCK_NS === 0n ? KEPT_BLOCK_NS : resolutionNs;
}

/** Cells of one tenant: read where they were kept, calculated where they were not. */
export class CellBook {
  readonly #client: ClickHouseClient;
  readonly #tenant: string;
  readonly #settings: CellSettings;

  constructor(client: ClickHouseClient, tenant: string, settings: CellSettings) {
    this.#client = client;
    this.#tenant = tenant;
    this.#settings = settings;
  }

  /**
   * Queries for the cells of points in [fromNs, toNs) in blocks of such a length, some hours each; of those that were kept
   * only such whose head meets a condition.
   */
  async *queries(
    fromNs: bigint,
    toNs: bigint,
    blockNs: bigint,
    windows: readonly BlockWindow[],
    heads = 'true',
  ): AsyncGenerator<RunQuery> {
    const { settleMs } = this.#settings;
    const states = await segmentStates(this.#client, this.#tenant, floored(fromNs), toNs, settleMs);
    if (states.hasLater) await this.#forgetLaterThan(states.latestUs);
    const isKeepable = blockNs === KEPT_BLOCK_NS;
    const keeps = isKeepable && states.segments.some(({ computedUs, isSettled }) => computedUs === null && isSettled);
    if (keeps) await removeUnused(this.#client, this.#tenant, states);
    for (const group of grouped(states.segments)) {
      const runs = isKeepable
        ? await this.#keptOrNot(group, states.nowUs, windows, heads)
        : windowedRuns(await this.#calculated(group, blockNs), windows);
      yield `SELECT ${READ_RUN_COLUMNS} FROM (${runs})
        ORDER BY head, stream, segment, layout, scale, zero_threshold, blocks[1]`;
    }
  }

  async #keptOrNot(
    group: readonly SegmentState[],
    nowUs: bigint,
    windows: readonly BlockWindow[],
    heads: string,
  ): Promise<string> {
    const kept = group.filter(({ computedUs }) => computedUs !== null);
    const missing = group.filter(({ computedUs }) => computedUs === null);
    const settled = missing.filter(({ isSettled }) => isSettled);
    const open = missing.filter(({ isSettled }) => !isSettled);
    for (const run of runs(settled)) await this.#keep(run, nowUs);
    const pairs = [
      ...kept.map(({ segment, computedUs }) => `(${segment}, ${computedUs})`),
      ...settled.map(({ segment }) => `(${segment}, ${nowUs})`),
    ];
    const parts = open.length === 0 ? [] : [windowedRuns(await this.#calculated(open, KEPT_BLOCK_NS), windows)];
    if (pairs.length > 0) {
      const wanted = `tenant = {tenant:String} AND (segment, computed_us) IN (${pairs.join(', ')}) AND ${heads}`;
      parts.push(keptRuns(wanted, windows));
    }
    return parts.join(' UNION ALL ');
  }

  /** `kept_segments` says which cells are meant. */
  async #keep(run: readonly SegmentState[], nowUs: bigint): Promise<void> {
    const hours = rangeOf(run, KEPT_BLOCK_NS);
    for (const range of partsOf(hours, pointsOf(run))) {
      const plan = await this.#plan(range);
      await this.#command(`INSERT INTO cell_runs (tenant, ${RUN_COLUMNS}, computed_us)
        SELECT {tenant:String}, ${RUN_COLUMNS}, toInt64(${nowUs}) FROM (${runsFromPoints(plan)})`);
    }
    const values = run.map(({ segment }) => `({tenant:String}, ${segment}, ${nowUs})`);
    await this.#command(`INSERT INTO kept_segments (tenant, segment, computed_us) VALUES ${values.join(', ')}`);
  }

  async #forgetLaterThan(us: bigint): Promise<void> {
    for (const table of ['kept_segments', 'cell_runs']) {
      await this.#command(`DELETE FROM ${table} WHERE tenant = {tenant:String} AND computed_us > ${us}`);
    }
  }

  async #calculated(group: readonly SegmentState[], blockNs: bigint): Promise<string> {
    const queries: string[] = [];
    for (const run of runs(group)) {
      for (const range of partsOf(rangeOf(run, blockNs), pointsOf(run))) {
        queries.push(runsFromPoints(await this.#plan(range)));
      }
    }
    return queries.map((query) => `SELECT ${RUN_COLUMNS} FROM (${query})`).join(' UNION ALL ');
  }

  async #plan(range: IncrementRange): Promise<IncrementPlan> {
    const [seeded, exponential] = await Promise.all([
      this.#streams(PROBES.seeded(range)),
      this.#streams(PROBES.exponential(range)),
    ]);
    const plan: IncrementPlan = {
      ...range,
      seeded: listed(seeded, UNLISTED.seeded),
      irregular: null,
      hasBeginnings: true,
      hasExponential: exponential.length > 0,
    };
    const remarkable = await this.#streams(PROBES.remarkable(plan));
    const irregular = remarkable.filter(([, , isIrregular]) => isIrregular === '1');
    const isCut = remarkable.length > MOST_LISTED;
    return {
      ...plan,
      irregular: isCut ? UNLISTED.irregular(plan) : listed(irregular, ''),
      hasBeginnings: remarkable.length > 0,
    };
  }

  async #streams(question: string): Promise<string[][]> {
    const answer = await this.#client.query({
      query: question,
      query_params: { tenant: this.#tenant },
      format: 'TabSeparated',
      clickhouse_settings: READING,
    });
    return (await answer.text())
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t'));
  }

  async #command(query: string): Promise<void> {
    await this.#client.command({ query, query_params: { tenant: this.#tenant } });
  }
}

function runsFromPoints(plan: IncrementPlan): string {
  return packedRuns(cellsFromPoints(plan), plan.resolutionNs);
}

function floored(ns: bigint): bigint {
  return ns - (((ns % SEGMENT) + SEGMENT) % SEGMENT);
}

/** The same hours always come together, so that rows come in the same order whatever is kept. */
function grouped(segments: readonly SegmentState[]): SegmentState[][] {
  const groups = new Map<bigint, SegmentState[]>();
  for (const state of segments) {
    const key = state.segment / (SEGMENT * BigInt(SEGMENTS_AT_ONCE));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [state]);
    else group.push(state);
  }
  return [...groups.values()];
}

/** Neighbouring segments. */
function runs(segments: readonly SegmentState[]): SegmentState[][] {
  const found: SegmentState[][] = [];
  for (const state of segments) {
    const run = found.at(-1);
    if (run !== undefined && run.at(-1)!.segment + SEGMENT === state.segment) run.push(state);
    else found.push([state]);
  }
  return found;
}

function rangeOf(run: readonly SegmentState[], resolutionNs: bigint): IncrementRange {
  const fromNs = run[0]!.segment;
  return { fromNs, toNs: run.at(-1)!.segment + SEGMENT, resolutionNs, headFrom: null, headTo: null };
}

function pointsOf(run: readonly SegmentState[]): number {
  return run.reduce((sum, { points }) => sum + points, 0);
}

/** Parts of a range with so few points that they fit in memory; heads are hashes, so parts of their range are even. */
function partsOf(range: IncrementRange, points: number): IncrementRange[] {
  const parts = BigInt(Math.ceil(Math.max(points, 1) / MOST_POINTS));
  const width = 2n ** 64n / parts;
  return Array.from({ length: Number(parts) }, (_, i) => ({
    ...range,
    headFrom: i === 0 ? null : BigInt(i) * width,
    headTo: BigInt(i) + 1n === parts ? null : BigInt(i + 1) * width,
  }));
}

/** Streams as a set in SQL. */
function listed(streams: readonly string[][], unlisted: string): string | null {
  if (streams.length > MOST_LISTED) return unlisted;
  return streams.length === 0 ? null : streams.map(([head, stream]) => `(${head}, ${stream})`).join(', ');
}

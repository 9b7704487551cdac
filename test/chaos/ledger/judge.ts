import type { LedgerClient } from './ledger-file.ts';
import { type LedgerPlan, sharesOf } from './plan.ts';

export interface StoredCell {
  count: number;
  sum: number;
}

export type FaultKind = 'lost' | 'doubled' | 'corrupted' | 'foreign';

export interface CellFault {
  readonly kind: FaultKind;
  readonly cell: string;
  /** The first request that explains the difference; null where none of the plan's does. */
  readonly request: number | null;
  readonly requests: number;
  readonly detail: string;
}

export interface LedgerVerdict {
  readonly requests: number;
  readonly points: number;
  readonly cells: number;
  readonly inDoubt: number;
  /** Points, as far as the difference is a run of whole requests; cells that are corrupted or foreign. */
  readonly lost: number;
  readonly doubled: number;
  readonly corrupted: number;
  readonly faults: readonly CellFault[];
}

interface Expected {
  count: number;
  sum: number;
  readonly requests: { request: number; count: number; sum: number; isCertain: boolean }[];
}

const FAULTS_SHOWN = 20;

/** Acknowledged against stored, cell by cell, exactly: on the count and on the sum of the weights. */
export function judge(
  plan: LedgerPlan,
  ledger: ReadonlyMap<number, LedgerClient>,
  stored: ReadonlyMap<string, StoredCell>,
): LedgerVerdict {
  const expected = expectedCells(plan, ledger);
  const tally = { lost: 0, doubled: 0, corrupted: 0 };
  const faults: CellFault[] = [];
  for (const [cell, wanted] of expected.cells) {
    const fault = compare(cell, wanted, stored.get(cell) ?? { count: 0, sum: 0 });
    if (fault !== null) faults.push(fault);
  }
  for (const [cell, { count, sum }] of stored) {
    if (expected.cells.has(cell)) continue;
    faults.push({ kind: 'foreign', cell, request: null, requests: 0, detail: `holds ${count} (${sum}), nothing sent` });
  }
  for (const { kind, requests } of faults) {
    if (kind === 'lost') tally.lost += requests;
    else if (kind === 'doubled') tally.doubled += requests;
    else tally.corrupted++;
  }
  const { requests, points, inDoubt } = expected;
  return { requests, points, inDoubt, cells: expected.cells.size, ...tally, faults: faults.slice(0, FAULTS_SHOWN) };
}

export function isExact({ lost, doubled, corrupted }: LedgerVerdict): boolean {
  return lost === 0 && doubled === 0 && corrupted === 0;
}

function expectedCells(plan: LedgerPlan, ledger: ReadonlyMap<number, LedgerClient>) {
  const cells = new Map<string, Expected>();
  let requests = 0;
  let points = 0;
  let inDoubt = 0;
  const add = (client: number, request: number, isCertain: boolean): void => {
    for (const { cell, count, sum } of sharesOf(plan, client, request)) {
      const known = cells.get(cell) ?? { count: 0, sum: 0, requests: [] };
      cells.set(cell, known);
      if (isCertain) {
        known.count += count;
        known.sum += sum;
        points++;
      }
      known.requests.push({ request, count, sum, isCertain });
    }
  };
  for (const [client, { acknowledged, inDoubt: doubtful }] of ledger) {
    for (const request of acknowledged) add(client, request, true);
    for (const request of doubtful) add(client, request, false);
    requests += acknowledged.size;
    inDoubt += doubtful.size;
  }
  for (const { requests: own } of cells.values()) own.sort((a, b) => a.request - b.request);
  return { cells, requests, points, inDoubt };
}

function compare(cell: string, expected: Expected, stored: StoredCell): CellFault | null {
  let count = stored.count - expected.count;
  let sum = stored.sum - expected.sum;
  // What is in doubt may be there: taken out where that alone makes the cell agree.
  const doubtful = expected.requests.filter(({ isCertain }) => !isCertain);
  for (const one of subsetOf(doubtful, count, sum)) {
    count -= one.count;
    sum -= one.sum;
  }
  if (count === 0 && sum === 0) return null;
  const kind = count < 0 ? 'lost' : 'doubled';
  const run = runOf(expected.requests, Math.abs(count), Math.abs(sum));
  const detail = `holds ${stored.count} (${stored.sum}), acknowledged ${expected.count} (${expected.sum})`;
  if (run === null) return { kind: 'corrupted', cell, request: expected.requests[0]!.request, requests: 0, detail };
  return { kind, cell, request: run[0], requests: run[1], detail };
}

const DOUBTFUL_AT_MOST = 12;

function subsetOf(doubtful: Expected['requests'], count: number, sum: number): Expected['requests'] {
  const few = doubtful.slice(0, DOUBTFUL_AT_MOST);
  for (let chosen = 1; chosen < 2 ** few.length; chosen++) {
    const subset = few.filter((_, index) => (chosen >>> index) & 1);
    const counted = subset.reduce((total, one) => total + one.count, 0);
    const summed = subset.reduce((total, one) => total + one.sum, 0);
    if (counted === count && summed === sum) return subset;
  }
  return [];
}

/** The shortest run of requests whose counts and weights make up the difference: its first request and its length. */
function runOf(requests: Expected['requests'], count: number, sum: number): [number, number] | null {
  for (let length = 1; length <= requests.length; length++) {
    for (let from = 0; from + length <= requests.length; from++) {
      const run = requests.slice(from, from + length);
      if (run.reduce((total, one) => total + one.count, 0) !== count) continue;
      if (run.reduce((total, one) => total + one.sum, 0) === sum) return [run[0]!.request, length];
    }
  }
  return null;
}

import { hash32 } from '../../../bench/load/hash32.ts';

/**
 * What the ledger sends, as a function of (seed, client, request): nothing has to be kept to say what was sent. Request r of
 * a client holds one delta point in each of its slots, of second r; every 60th also one cumulative point in each of the
 * cumulative slots, at the end of that minute. Each has a count and a random weight as its sum, so that a lost and a doubled
 * point in one cell do not cancel.
 */
export interface LedgerPlan {
  readonly seed: number;
  /** A whole minute. */
  readonly startMs: number;
  readonly clients: number;
  readonly deltaSlots: number;
  readonly cumulativeSlots: number;
}

export interface LedgerPoint {
  readonly slot: number;
  readonly startMs: number;
  readonly timeMs: number;
  readonly count: number;
  /** A multiple of 1/1024 below 2^14: sums of them are exact in a double, in any order. */
  readonly sum: number;
  readonly buckets: readonly number[];
}

export const BLOCK_MS = 60_000;
export const LEDGER_BOUNDS = [0.1, 1, 10];
const REQUEST_MS = 1000;
const REQUESTS_OF_A_BLOCK = BLOCK_MS / REQUEST_MS;
const MARGIN_MS = 100;

/** Slots below `deltaSlots` are delta streams, those from there on cumulative ones. */
export function deltaPoints(plan: LedgerPlan, client: number, request: number): LedgerPoint[] {
  const at = plan.startMs + request * REQUEST_MS;
  return Array.from({ length: plan.deltaSlots }, (_, slot) => ({
    slot,
    startMs: at + MARGIN_MS,
    timeMs: at + REQUEST_MS - MARGIN_MS,
    ...incrementOf(plan, client, slot, request),
  }));
}

export function cumulativePoints(plan: LedgerPlan, client: number, request: number): LedgerPoint[] {
  if ((request + 1) % REQUESTS_OF_A_BLOCK !== 0) return [];
  const block = (request + 1) / REQUESTS_OF_A_BLOCK - 1;
  return Array.from({ length: plan.cumulativeSlots }, (_, index) => {
    const slot = plan.deltaSlots + index;
    const buckets = LEDGER_BOUNDS.concat(Number.POSITIVE_INFINITY).map(() => 0);
    let sum = 0;
    for (let earlier = 0; earlier <= block; earlier++) {
      const increment = incrementOf(plan, client, slot, earlier);
      for (const [at, counted] of increment.buckets.entries()) buckets[at]! += counted;
      sum += increment.sum;
    }
    const count = buckets.reduce((total, one) => total + one, 0);
    return { slot, startMs: plan.startMs, timeMs: plan.startMs + (block + 1) * BLOCK_MS, count, sum, buckets };
  });
}

/** What one cell is to hold of one request. */
export interface Share {
  readonly cell: string;
  readonly count: number;
  readonly sum: number;
}

/** The cells that a request adds to. */
export function sharesOf(plan: LedgerPlan, client: number, request: number): Share[] {
  const block = Math.floor(request / REQUESTS_OF_A_BLOCK);
  const shares = Array.from({ length: plan.deltaSlots }, (_, slot) => shareOf(plan, client, slot, request, block));
  if ((request + 1) % REQUESTS_OF_A_BLOCK !== 0) return shares;
  const cumulative = Array.from({ length: plan.cumulativeSlots }, (_, index) =>
    shareOf(plan, client, plan.deltaSlots + index, block, block),
  );
  return [...shares, ...cumulative];
}

export function cellKey(client: number, slot: number, blockStartMs: number): string {
  return `${client}/${slot}/${blockStartMs}`;
}

/** The last request whose block has ended by `nowMs`; what comes later would lie in the future. */
export function requestsUntil(plan: LedgerPlan, nowMs: number): number {
  return Math.floor((nowMs - plan.startMs) / REQUEST_MS);
}

function shareOf(plan: LedgerPlan, client: number, slot: number, index: number, block: number): Share {
  const { count, sum } = incrementOf(plan, client, slot, index);
  return { cell: cellKey(client, slot, plan.startMs + block * BLOCK_MS), count, sum };
}

function incrementOf({ seed }: LedgerPlan, client: number, slot: number, index: number) {
  const random = hash32(seed, client, slot, index);
  const buckets = [random & 15, (random >>> 4) & 255, (random >>> 12) & 63, 1 + ((random >>> 18) & 3)];
  const count = buckets.reduce((total, one) => total + one, 0);
  const sum = (hash32(seed ^ 0x5bd1e995, client, slot, index) >>> 8) / 1024;
  return { buckets, count, sum };
}

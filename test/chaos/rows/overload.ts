import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { limitProcessor, type ProcessorShare } from '../faults/processor-share.ts';
import { judge, type LedgerVerdict } from '../ledger/judge.ts';
import { readLedger } from '../ledger/ledger-file.ts';
import { readCells } from '../ledger/read-cells.ts';
import { type MeasuredOverload, measureOverload } from '../overload/measure-overload.ts';
import type { OverloadOrder, PhaseStatistics } from '../overload/overload-order.ts';
import { planOf, startService } from '../trial.ts';
import type { ChaosRow, RowContext, RowResult } from './row.ts';

/** Of one processor: what is left has to generate ten times of what this takes. */
const PROCESSOR_SHARE = 0.25;
const TIMES = 10;
const GOODPUT_AT_LEAST = 0.9;
/** What it takes afterwards, of what it took before. */
const RECOVERED_AT_LEAST = 0.8;
/** What the service may hold of requests: bodies in flight and rows that wait to be written, by its own limits. */
const GROWTH_BYTES_AT_MOST = (128 + 256) * 2 ** 20;

interface Senders {
  readonly name: string;
  readonly who: string;
  readonly clients: number;
  readonly pointsOfRequest: number;
  readonly isPacked: boolean;
  /** As many at a time as it takes for more not to help. */
  readonly capacityInFlight: number;
}

/** As the OpenTelemetry Collector sends where it is not told otherwise: batches of 8,192, packed with gzip. */
export const overload = rowOf({
  name: 'overload',
  who: 'collectors',
  clients: 8,
  pointsOfRequest: 8192,
  isPacked: true,
  capacityInFlight: 16,
});

/** As SDKs send: a refusal costs the same and more, since nothing is packed, and saves an eighth of the work. */
export const overloadOfSmall = rowOf({
  name: 'overload of small requests',
  who: 'processes that export by themselves',
  clients: 64,
  pointsOfRequest: 1000,
  isPacked: false,
  capacityInFlight: 128,
});

function rowOf(senders: Senders): ChaosRow {
  return {
    name: senders.name,
    bar: `${TIMES} times the capacity from ${senders.who} that heed no answer: goodput at least 90 % of capacity, memory bounded, acknowledged lost 0`,
    run: (context) => run(senders, context),
  };
}

async function run(senders: Senders, { target, isShort, folder }: RowContext): Promise<RowResult> {
  const { clients, pointsOfRequest, isPacked, capacityInFlight } = senders;
  const plan = planOf({ clients, deltaSlots: pointsOfRequest, cumulativeSlots: 0 });
  const ledger = join(folder, 'ledger');
  const service = await startService(target, folder);
  const limited: { share: ProcessorShare | null } = { share: null };
  try {
    const order: OverloadOrder = {
      url: `${service.url}/v1/metrics`,
      plan,
      ledger,
      isPacked,
      timeoutMs: 30_000,
      capacityInFlight,
      overloadInFlight: 1000,
      capacitySeconds: isShort ? 8 : 60,
      overloadSeconds: isShort ? 10 : 180,
      afterSeconds: isShort ? 8 : 60,
      times: TIMES,
    };
    const measured = await measureOverload(order, service.process.pid, {
      warm: () => {
        limited.share = limitProcessor(service.process.pid, PROCESSOR_SHARE);
      },
      after: () => limited.share?.lift(),
    });
    const verdict = judge(plan, readLedger(ledger), await readCells(service.url, plan));
    return resultOf(measured, verdict, {
      share: limited.share === null ? 'all' : String(PROCESSOR_SHARE),
      pointsOfRequest,
    });
  } finally {
    limited.share?.lift();
    await service.process.kill();
    rmSync(ledger, { force: true });
  }
}

interface Circumstances {
  readonly share: string;
  readonly pointsOfRequest: number;
}

function resultOf(
  { phases, open, peaks }: MeasuredOverload,
  verdict: LedgerVerdict,
  { share, pointsOfRequest }: Circumstances,
): RowResult {
  const [before, overloaded, after] = [phases.get('capacity')!, phases.get('overload')!, phases.get('after')!];
  const rate = (one: PhaseStatistics) => (one.acknowledged / one.seconds) * pointsOfRequest;
  // The engine merges in the background, and has more to merge the longer it runs: what it can take falls meanwhile.
  const capacity = (rate(before) + rate(after)) / 2;
  const goodput = rate(overloaded) / capacity;
  const growth = peaks.get('overload')! - peaks.get('capacity')!;
  const { lost, doubled, corrupted } = verdict;
  const refused = { ...before.refused, ...overloaded.refused, ...after.refused };
  const misses = [
    ...(goodput >= GOODPUT_AT_LEAST ? [] : [`goodput ${(100 * goodput).toFixed(1)} %`]),
    ...(rate(after) >= RECOVERED_AT_LEAST * rate(before) ? [] : ['it takes less afterwards than before']),
    ...(growth <= GROWTH_BYTES_AT_MOST ? [] : [`memory grew by ${Math.round(growth / 1e6)} MB`]),
    ...(lost + doubled + corrupted > 0 ? [`lost ${lost}, doubled ${doubled}, corrupted ${corrupted}`] : []),
    ...(open === 0 ? [] : [`${open} requests in doubt were never acknowledged`]),
    ...([before, overloaded, after].some(({ partial }) => partial > 0) ? ['sound requests were taken in part'] : []),
    ...(overloaded.shedWithoutRetryAfter > 0 ? ['refusals without Retry-After'] : []),
    ...(Object.keys(refused).length > 0 ? [`answers that may not be: ${JSON.stringify(refused)}`] : []),
  ];
  const offered = (overloaded.sent / overloaded.seconds) * pointsOfRequest;
  const figures = {
    'processors of the service': share,
    'points of a request': pointsOfRequest,
    'capacity before, points/s': Math.round(rate(before)),
    'capacity after, points/s': Math.round(rate(after)),
    'offered, times capacity before': (offered / rate(before)).toFixed(1),
    'goodput %': (100 * goodput).toFixed(1),
    shed: overloaded.shed,
    'not sent, all connections busy': overloaded.heldBack,
    'in doubt': overloaded.doubts,
    'p99 ms before': Math.round(before.p99Ms),
    'p99 ms overloaded': Math.round(overloaded.p99Ms),
    'p99 ms after': Math.round(after.p99Ms),
    '/livez p99 ms before': Math.round(before.livenessP99Ms),
    '/livez p99 ms overloaded': Math.round(overloaded.livenessP99Ms),
    'peak RSS MB before': Math.round(peaks.get('capacity')! / 1e6),
    'peak RSS MB overloaded': Math.round(peaks.get('overload')! / 1e6),
    acknowledged: verdict.requests,
    points: verdict.points,
    lost,
    doubled,
    corrupted,
  };
  return { figures, misses, skipped: null };
}

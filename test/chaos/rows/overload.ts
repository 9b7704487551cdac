import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { watchMemory } from '../../../bench/load/process-tree.ts';
import { limitProcessor, type ProcessorShare } from '../faults/processor-share.ts';
import { judge } from '../ledger/judge.ts';
import { readLedger } from '../ledger/ledger-file.ts';
import { readCells } from '../ledger/read-cells.ts';
import type { OverloadMessage, OverloadOrder, PhaseStatistics } from '../overload/overload-order.ts';
import { planOf, startService } from '../trial.ts';
import type { ChaosRow, RowResult } from './row.ts';

const SCRIPT = resolve(import.meta.dirname, '../overload/overload-process.ts');
/** Of one processor: what is left has to generate ten times of what this takes. */
const PROCESSOR_SHARE = 0.25;
const TIMES = 10;
const GOODPUT_AT_LEAST = 0.9;
/** What the service may hold of requests: bodies in flight and rows that wait to be written, by its own limits. */
const GROWTH_BYTES_AT_MOST = (128 + 256) * 2 ** 20;
/** Requests of a collector: what the connections that the service allows can hold is more than it may keep in memory. */
const PLAN = { clients: 64, deltaSlots: 1000, cumulativeSlots: 0 };

interface Measured {
  readonly phases: ReadonlyMap<string, PhaseStatistics>;
  readonly open: number;
  /** Resident memory of the service at its highest, up to the end of a phase. */
  readonly peaks: ReadonlyMap<string, number>;
}

export const overload: ChaosRow = {
  name: 'overload',
  bar: `${TIMES} times the capacity from clients that heed no answer: goodput at least 90 % of capacity, memory bounded, acknowledged lost 0`,
  run: async ({ target, isShort, folder }) => {
    const plan = planOf(PLAN);
    const ledger = join(folder, 'ledger');
    const service = await startService(target, folder);
    const limited: { share: ProcessorShare | null } = { share: null };
    try {
      const order: OverloadOrder = {
        url: `${service.url}/v1/metrics`,
        plan,
        ledger,
        timeoutMs: 30_000,
        capacityInFlight: 128,
        overloadInFlight: 1000,
        capacitySeconds: isShort ? 8 : 40,
        overloadSeconds: isShort ? 10 : 60,
        times: TIMES,
      };
      const measured = await measure(order, service.process.pid, {
        warm: () => {
          limited.share = limitProcessor(service.process.pid, PROCESSOR_SHARE);
        },
        after: () => limited.share?.lift(),
      });
      const verdict = judge(plan, readLedger(ledger), await readCells(service.url, plan));
      return resultOf(measured, verdict, limited.share === null ? 'all' : String(PROCESSOR_SHARE));
    } finally {
      limited.share?.lift();
      await service.process.kill();
      rmSync(ledger, { force: true });
    }
  },
};

/** What is done at the end of a phase. */
type AtTheEndOf = Partial<Record<OverloadMessage['phase'], () => void>>;

async function measure(order: OverloadOrder, pid: number, atTheEndOf: AtTheEndOf): Promise<Measured> {
  const phases = new Map<string, PhaseStatistics>();
  const peaks = new Map<string, number>();
  let open = Number.NaN;
  let memory = watchMemory(pid);
  const child = fork(SCRIPT, [JSON.stringify(order)], { execArgv: ['--import', 'tsx'] });
  child.on('message', (message) => {
    const told = message as OverloadMessage;
    peaks.set(told.phase, memory.stop());
    memory = watchMemory(pid);
    atTheEndOf[told.phase]?.();
    if (told.phase === 'drained') open = told.open;
    else phases.set(told.phase, told.statistics);
  });
  const [status] = (await once(child, 'exit')) as [number | null];
  memory.stop();
  if (status !== 0) throw new Error(`the overload ended with ${status}`);
  return { phases, open, peaks };
}

function resultOf({ phases, open, peaks }: Measured, verdict: ReturnType<typeof judge>, share: string): RowResult {
  const [capacity, overloaded, after] = [phases.get('capacity')!, phases.get('overload')!, phases.get('after')!];
  const rate = (one: PhaseStatistics) => (one.acknowledged / one.seconds) * PLAN.deltaSlots;
  const goodput = rate(overloaded) / rate(capacity);
  const growth = peaks.get('overload')! - peaks.get('capacity')!;
  const { lost, doubled, corrupted } = verdict;
  const refused = { ...capacity.refused, ...overloaded.refused };
  const misses = [
    ...(!(goodput >= GOODPUT_AT_LEAST) ? [`goodput ${(100 * goodput).toFixed(1)} %`] : []),
    ...(!(growth <= GROWTH_BYTES_AT_MOST) ? [`memory grew by ${Math.round(growth / 1e6)} MB`] : []),
    ...(lost + doubled + corrupted > 0 ? [`lost ${lost}, doubled ${doubled}, corrupted ${corrupted}`] : []),
    ...(open !== 0 ? [`${open} requests in doubt were never acknowledged`] : []),
    ...(overloaded.shedWithoutRetryAfter > 0 ? ['refusals without Retry-After'] : []),
    ...(Object.keys(refused).length > 0 ? [`answers that may not be: ${JSON.stringify(refused)}`] : []),
  ];
  const figures = {
    'processors of the service': share,
    'capacity points/s': Math.round(rate(capacity)),
    'offered, times capacity': (
      overloaded.sent /
      overloaded.seconds /
      (capacity.acknowledged / capacity.seconds)
    ).toFixed(1),
    'goodput %': (100 * goodput).toFixed(1),
    shed: overloaded.shed,
    'not sent, all connections busy': overloaded.heldBack,
    'in doubt': overloaded.doubts,
    'p99 ms at capacity': Math.round(capacity.p99Ms),
    'p99 ms overloaded': Math.round(overloaded.p99Ms),
    'p99 ms after': Math.round(after.p99Ms),
    'peak RSS MB at capacity': Math.round(peaks.get('capacity')! / 1e6),
    'peak RSS MB overloaded': Math.round(peaks.get('overload')! / 1e6),
    acknowledged: verdict.requests,
    points: verdict.points,
    lost,
    doubled,
    corrupted,
  };
  return { figures, misses, skipped: null };
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { watchMemory } from '../../../bench/load/process-tree.ts';
import type { OverloadMessage, OverloadOrder, PhaseStatistics } from './overload-order.ts';

const SCRIPT = resolve(import.meta.dirname, 'overload-process.ts');

export interface MeasuredOverload {
  readonly phases: ReadonlyMap<string, PhaseStatistics>;
  /** Requests in doubt that were not acknowledged afterwards either. */
  readonly open: number;
  /** Resident memory of the service at its highest, up to the end of a phase. */
  readonly peaks: ReadonlyMap<string, number>;
}

/** What is done at the end of a phase. */
type AtTheEndOf = Partial<Record<OverloadMessage['phase'], () => void>>;

/** Runs the load in a process of its own, beside the service `pid`. */
export async function measureOverload(
  order: OverloadOrder,
  pid: number,
  atTheEndOf: AtTheEndOf,
): Promise<MeasuredOverload> {
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

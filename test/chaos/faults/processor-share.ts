import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { descendantsOf } from '../../../bench/load/process-tree.ts';

const CONTROLLER = '/sys/fs/cgroup/cpu';
const PERIOD_MICROSECONDS = 20_000;

export interface ProcessorShare {
  lift(): void;
}

/**
 * Gives a process and its descendants a share of one processor, so that one client beside them can offer many times what
 * they can take. Null where control groups (version 1) cannot be written.
 */
export function limitProcessor(pid: number, share: number): ProcessorShare | null {
  if (process.getuid?.() !== 0 || !existsSync(join(CONTROLLER, 'cpu.cfs_quota_us'))) return null;
  const group = join(CONTROLLER, `postflight-chaos-${pid}`);
  mkdirSync(group);
  writeFileSync(join(group, 'cpu.cfs_period_us'), String(PERIOD_MICROSECONDS));
  writeFileSync(join(group, 'cpu.cfs_quota_us'), String(Math.round(share * PERIOD_MICROSECONDS)));
  for (const member of descendantsOf(pid)) writeFileSync(join(group, 'cgroup.procs'), String(member));
  return { lift: () => lift(group) };
}

/** The processes go back to the group they came from. */
function lift(group: string): void {
  if (!existsSync(group)) return;
  const members = readFileSync(join(group, 'cgroup.procs'), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  for (const member of members) {
    try {
      writeFileSync(join(CONTROLLER, 'cgroup.procs'), member);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
  rmdirSync(group);
}

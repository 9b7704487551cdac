import { readFileSync } from 'node:fs';
import { descendantsOf } from '../../../bench/load/process-tree.ts';

/** The engine's process under a service; undefined while there is none. */
export function enginePidOf(servicePid: number): number | undefined {
  return descendantsOf(servicePid).find((pid) => pid !== servicePid && /engine\/host\.(js|ts)/.test(commandOf(pid)));
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

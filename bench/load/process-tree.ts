import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ of every Linux that Node runs on. */
const TICKS_A_SECOND = 100;

export interface TreeUsage {
  /** Of the process, its living descendants, and those it has waited for. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly processes: number;
}

/** A process and its descendants, as Linux tells it. Empty where there is no such process. */
export function descendantsOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = statOf(Number(name));
    if (fields === null) continue;
    const parent = Number(fields[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = statOf(pid) === null ? [] : [pid];
  for (let index = 0; index < found.length; index++) found.push(...(children.get(found[index]!) ?? []));
  return found;
}

export function usageOf(pid: number): TreeUsage {
  let ticks = 0;
  let residentBytes = 0;
  let processes = 0;
  for (const member of descendantsOf(pid)) {
    const fields = statOf(member);
    if (fields === null) continue;
    ticks += Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]);
    residentBytes += residentBytesOf(member);
    processes++;
  }
  return { cpuSeconds: ticks / TICKS_A_SECOND, residentBytes, processes };
}

/** Samples a tree until stopped, and answers the highest sum of resident memory it saw. */
export function watchMemory(pid: number, everyMs = 50): { stop(): number } {
  let peak = 0;
  const look = (): void => {
    peak = Math.max(peak, usageOf(pid).residentBytes);
  };
  const timer = setInterval(look, everyMs);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return peak;
    },
  };
}

/** Fields of /proc/pid/stat from the state on: proc(5) counts it as the third. Null where it is gone, reaped or not. */
function statOf(pid: number): string[] | null {
  const text = readOf(pid, 'stat');
  const fields = text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' ? null : fields;
}

function residentBytesOf(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB/m.exec(readOf(pid, 'status') ?? '');
  return Number(match?.[1] ?? 0) * 1024;
}

function readOf(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return null;
  }
}

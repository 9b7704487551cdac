import type { Writable } from 'node:stream';

/** What the command line may touch, so that tests can hand in their own. */
export interface Terminal {
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs a callback on Ctrl-C. */
  once(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  removeListener(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

const DEFAULT_WIDTH = 100;
const NARROWEST = 40;

/** Colour only where a person looks and has not said no (https://no-color.org). */
export function wantsColour({ stdout, env }: Terminal): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '' && env.FORCE_COLOR !== '0') return true;
  return stdout.isTTY === true && env.TERM !== 'dumb';
}

export function widthOf({ stdout, env }: Terminal): number {
  const wished = stdout.columns ?? Number(env.COLUMNS ?? Number.NaN);
  return Number.isFinite(wished) && wished > 0 ? Math.max(NARROWEST, Math.floor(wished)) : DEFAULT_WIDTH;
}

import type { ChildProcess } from 'node:child_process';

const BEAT_MS = 1000;
const UNANSWERED_AT_MOST = 3;

/** What a host answers to each beat. */
export const ALIVE = 'alive';

/**
 * Ends a host that stopped answering. ClickHouse's handler of a fatal signal waits up to five minutes for a trace to be
 * written before it lets the process die, and nothing is stored meanwhile. Beats are counted, not seconds: a machine that
 * slept must not cost the engine.
 */
export function watchHeartbeat(host: ChildProcess): void {
  let unanswered = 0;
  host.on('message', () => {
    unanswered = 0;
  });
  const timer = setInterval(() => {
    if (unanswered >= UNANSWERED_AT_MOST) host.kill('SIGKILL');
    else if (host.connected) {
      unanswered++;
      host.send('beat', () => undefined);
    }
  }, BEAT_MS);
  timer.unref();
  host.once('exit', () => clearInterval(timer));
}

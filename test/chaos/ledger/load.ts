import { type ChildProcess, fork } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadCommand, LoadMessage, LoadOrder, LoadStatistics } from './load-order.ts';

const SCRIPT = resolve(import.meta.dirname, 'load-process.ts');

/** The ledger's clients, seen from the process that makes the faults. */
export class Load {
  readonly order: LoadOrder;
  readonly #child: ChildProcess;
  #acknowledged = 0;
  #statistics: LoadStatistics | null = null;

  constructor(order: LoadOrder) {
    this.order = order;
    this.#child = fork(SCRIPT, [JSON.stringify(order)], { execArgv: ['--import', 'tsx'] });
    this.#child.on('message', (message) => {
      const { acknowledged, statistics } = message as LoadMessage;
      this.#acknowledged = acknowledged;
      this.#statistics = statistics;
    });
    this.#tell({ do: 'start' });
  }

  /** Waits until `more` further requests are acknowledged; answers after how long, or null where that took too long. */
  async untilAcknowledged(more: number, withinMs: number): Promise<number | null> {
    const began = performance.now();
    const wanted = this.#acknowledged + more;
    while (this.#acknowledged < wanted) {
      if (performance.now() - began > withinMs) return null;
      await sleep(20);
    }
    return performance.now() - began;
  }

  /** No new requests; what is open is sent again until it is acknowledged or the time is up. */
  async drain(withinMs: number): Promise<LoadStatistics> {
    this.#tell({ do: 'drain', withinMs });
    while (this.#statistics === null) {
      if (this.#child.exitCode !== null) throw new Error(`the load ended with ${this.#child.exitCode}`);
      await sleep(20);
    }
    return this.#statistics;
  }

  /** Nothing is sent until it is resumed. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  end(): void {
    if (this.#child.exitCode === null) this.#child.kill('SIGKILL');
  }

  #tell(command: LoadCommand): void {
    if (this.#child.connected) this.#child.send(command);
  }
}

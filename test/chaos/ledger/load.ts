import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { LoadCommand, LoadOrder, LoadStatistics } from './load-order.ts';

const SCRIPT = resolve(import.meta.dirname, 'load-process.ts');

/** The ledger's clients, seen from the process that makes the faults. */
export class Load {
  readonly order: LoadOrder;
  readonly #child: ChildProcess;
  #statistics: LoadStatistics | null = null;

  constructor(order: LoadOrder) {
    this.order = order;
    this.#child = fork(SCRIPT, [JSON.stringify(order)], { execArgv: ['--import', 'tsx'] });
    this.#child.on('message', (message) => {
      this.#statistics = message as LoadStatistics;
    });
    this.#tell({ do: 'start' });
  }

  /** No new requests; what is open is sent again until it is acknowledged or the time is up. */
  async drain(withinMs: number): Promise<LoadStatistics> {
    this.#tell({ do: 'drain', withinMs });
    while (this.#statistics === null) {
      if (this.#child.exitCode !== null) throw new Error(`the load ended with ${this.#child.exitCode}`);
      await Promise.race([once(this.#child, 'message'), once(this.#child, 'exit')]);
    }
    return this.#statistics;
  }

  end(): void {
    if (this.#child.exitCode === null) this.#child.kill('SIGKILL');
  }

  #tell(command: LoadCommand): void {
    if (this.#child.connected) this.#child.send(command);
  }
}

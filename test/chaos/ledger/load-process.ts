import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { uniformOf } from '../../../bench/load/hash32.ts';
import { LedgerFile } from './ledger-file.ts';
import { ledgerBody } from './ledger-request.ts';
import type { LoadCommand, LoadMessage, LoadOrder, LoadStatistics } from './load-order.ts';
import { requestsUntil } from './plan.ts';
import { type Answer, type Misbehaviour, post } from './post.ts';

/** Clients of a ledger in a process of their own. Even ones retry at once and in order, odd ones come back to it later. */
class LedgerLoad {
  readonly #order: LoadOrder;
  readonly #ledger: LedgerFile;
  readonly #agent: Agent;
  readonly #latencies: number[] = [];
  readonly #tally = { acknowledged: 0, resent: 0, shed: 0, shedWithoutRetryAfter: 0, doubts: 0, partial: 0, open: 0 };
  readonly #refused: Record<string, number> = {};
  #refusal: string | null = null;
  #deadline = Number.POSITIVE_INFINITY;
  #draining = false;

  constructor(order: LoadOrder) {
    this.#order = order;
    this.#ledger = new LedgerFile(order.ledger);
    this.#agent = new Agent({ keepAlive: true, maxSockets: order.plan.clients });
  }

  async run(): Promise<LoadStatistics> {
    await Promise.all(Array.from({ length: this.#order.plan.clients }, (_, client) => this.#client(client)));
    this.#ledger.close();
    this.#agent.destroy();
    const sorted = Float64Array.from(this.#latencies).sort();
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
    const latency = { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
    return { ...this.#tally, ...latency, refused: this.#refused, refusal: this.#refusal };
  }

  get acknowledged(): number {
    return this.#tally.acknowledged;
  }

  drain(withinMs: number): void {
    this.#draining = true;
    this.#deadline = performance.now() + withinMs;
  }

  async #client(client: number): Promise<void> {
    const retriesAtOnce = client % 2 === 0;
    const later: number[] = [];
    const { plan, paceMs } = this.#order;
    const limit = requestsUntil(plan, Date.now());
    for (let request = 0; request < limit && !this.#draining; request++) {
      this.#ledger.plan(client, request);
      const isTaken = await this.#once(client, request, this.#misbehaviourOf(client, request));
      if (!isTaken && retriesAtOnce) await this.#untilTaken(client, request);
      else if (!isTaken) later.push(request);
      if (later.length >= LATER_AT_MOST) for (const late of later.splice(0)) await this.#untilTaken(client, late);
      if (paceMs > 0) await sleep(paceMs);
    }
    for (const request of later) await this.#untilTaken(client, request);
  }

  async #untilTaken(client: number, request: number): Promise<void> {
    while (performance.now() < this.#deadline) {
      this.#tally.resent++;
      if (await this.#once(client, request, 'none')) return;
    }
    this.#tally.open++;
  }

  /** Sends once, waits where that is asked for, and answers whether it is acknowledged (or will never be). */
  async #once(client: number, request: number, misbehaviour: Misbehaviour): Promise<boolean> {
    this.#ledger.sent(client, request);
    const began = performance.now();
    const answer = await this.#post(client, request, misbehaviour);
    switch (answer.kind) {
      case 'taken':
        this.#latencies.push(performance.now() - began);
        await this.#taken(client, request, answer.rejected);
        return true;
      case 'shed':
        this.#tally.shed++;
        if (answer.retryAfterSeconds === null) this.#tally.shedWithoutRetryAfter++;
        await sleep(SHED_WAIT_MS);
        return false;
      case 'refused':
        this.#refused[answer.status] = (this.#refused[answer.status] ?? 0) + 1;
        this.#refusal ??= `${answer.status}: ${answer.body}`;
        await sleep(SHED_WAIT_MS);
        return false;
      case 'doubt':
        this.#tally.doubts++;
        await sleep(DOUBT_WAIT_MS);
        return false;
    }
  }

  async #taken(client: number, request: number, rejected: boolean): Promise<void> {
    this.#ledger.acknowledged(client, request);
    this.#tally.acknowledged++;
    if (rejected) this.#tally.partial++;
    if (!this.#order.sendsTwice) return;
    this.#tally.resent++;
    await this.#post(client, request, 'none');
  }

  #post(client: number, request: number, misbehaviour: Misbehaviour): Promise<Answer> {
    const { url, plan, timeoutMs, encodings } = this.#order;
    const body = ledgerBody(plan, client, request, encodings[client % encodings.length]!);
    return post(body, { url, agent: this.#agent, timeoutMs, misbehaviour });
  }

  #misbehaviourOf(client: number, request: number): Misbehaviour {
    const drawn = uniformOf(this.#order.plan.seed, client, request, -1);
    if (drawn >= this.#order.misbehaving) return 'none';
    return drawn < this.#order.misbehaving / 2 ? 'cut-body' : 'cut-answer';
  }
}

/** Shorter than any Retry-After, so that many faults fit into a run. */
const SHED_WAIT_MS = 50;
const DOUBT_WAIT_MS = 20;
/** What a client that comes back later lets pile up while the service is away. */
const LATER_AT_MOST = 8;

const PROGRESS_MS = 50;

function tell(message: LoadMessage): void {
  if (process.connected) process.send?.(message);
}

async function runLoad(load: LedgerLoad): Promise<void> {
  const progress = setInterval(() => tell({ acknowledged: load.acknowledged, statistics: null }), PROGRESS_MS);
  const statistics = await load.run();
  clearInterval(progress);
  tell({ acknowledged: load.acknowledged, statistics });
  process.disconnect?.();
}

// Whoever started this has ended: nobody is left to listen.
process.on('disconnect', () => process.exit());

const load = new LedgerLoad(JSON.parse(process.argv[2] ?? '') as LoadOrder);
process.on('message', (command: LoadCommand) => {
  if (command.do === 'drain') load.drain(command.withinMs);
  else void runLoad(load);
});

import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { LedgerFile } from '../ledger/ledger-file.ts';
import { ledgerBody } from '../ledger/ledger-request.ts';
import { requestsUntil } from '../ledger/plan.ts';
import { post } from '../ledger/post.ts';
import type { OverloadMessage, OverloadOrder, PhaseStatistics } from './overload-order.ts';

const PLANNED_AT_ONCE = 4096;
const TICK_MS = 5;
const WARM_SECONDS = 3;
const AFTER_SECONDS = 5;
const DRAIN_MS = 60_000;
const AGAIN_MS = 100;

/** Closed loop to find the capacity, open loop at a multiple of it that heeds no answer, closed loop again. */
class OverloadLoad {
  readonly #order: OverloadOrder;
  readonly #ledger: LedgerFile;
  readonly #agent: Agent;
  readonly #requests: Int32Array;
  readonly #limit: number;
  readonly #inDoubt: [number, number][] = [];
  #client = 0;
  #onTheirWay = 0;
  #tally = new PhaseTally();

  constructor(order: OverloadOrder) {
    this.#order = order;
    this.#ledger = new LedgerFile(order.ledger, PLANNED_AT_ONCE);
    this.#agent = new Agent({ keepAlive: true, maxSockets: order.overloadInFlight });
    this.#requests = new Int32Array(order.plan.clients);
    this.#limit = requestsUntil(order.plan, Date.now());
  }

  async run(tell: (message: OverloadMessage) => void): Promise<void> {
    const { capacityInFlight, capacitySeconds, overloadSeconds, times } = this.#order;
    tell({ phase: 'warm', statistics: await this.#closed(WARM_SECONDS, capacityInFlight) });
    const capacity = await this.#closed(capacitySeconds, capacityInFlight);
    tell({ phase: 'capacity', statistics: capacity });
    const perSecond = (times * capacity.acknowledged) / capacity.seconds;
    tell({ phase: 'overload', statistics: await this.#open(overloadSeconds, perSecond) });
    tell({ phase: 'after', statistics: await this.#closed(AFTER_SECONDS, capacityInFlight) });
    tell({ phase: 'drained', open: await this.#drain() });
    this.#ledger.close();
    this.#agent.destroy();
  }

  async #closed(seconds: number, inFlight: number): Promise<PhaseStatistics> {
    this.#tally = new PhaseTally();
    const until = performance.now() + seconds * 1000;
    const sendOn = async (): Promise<void> => {
      while (performance.now() < until) await this.#sendNext();
    };
    await Promise.all(Array.from({ length: inFlight }, sendOn));
    return this.#tally.statistics();
  }

  async #open(seconds: number, perSecond: number): Promise<PhaseStatistics> {
    const tally = new PhaseTally();
    this.#tally = tally;
    const began = performance.now();
    let due = 0;
    for (let passed = 0; passed < seconds; passed = (performance.now() - began) / 1000) {
      const wanted = Math.floor(passed * perSecond);
      for (; due < wanted; due++) {
        if (this.#onTheirWay < this.#order.overloadInFlight) void this.#sendNext();
        else tally.heldBack++;
      }
      await sleep(TICK_MS);
    }
    const statistics = tally.statistics();
    while (this.#onTheirWay > 0) await sleep(TICK_MS);
    return statistics;
  }

  async #sendNext(): Promise<void> {
    const client = this.#client;
    this.#client = (client + 1) % this.#order.plan.clients;
    const request = this.#requests[client]!++;
    if (request >= this.#limit) throw new Error('the plan has no more requests: give it more clients');
    this.#ledger.plan(client, request);
    if (await this.#send(client, request)) return;
    this.#inDoubt.push([client, request]);
  }

  /** False where nobody knows whether it is stored. */
  async #send(client: number, request: number): Promise<boolean> {
    const { url, plan, timeoutMs } = this.#order;
    const tally = this.#tally;
    const body = ledgerBody(plan, client, request, 'protobuf');
    const began = performance.now();
    tally.sent++;
    this.#onTheirWay++;
    const answer = await post(body, { url, agent: this.#agent, timeoutMs, misbehaviour: 'none' });
    this.#onTheirWay--;
    if (answer.kind !== 'shed') this.#ledger.sent(client, request);
    if (answer.kind === 'taken') this.#ledger.acknowledged(client, request);
    tally.note(answer, performance.now() - began);
    return answer.kind !== 'doubt';
  }

  async #drain(): Promise<number> {
    const until = performance.now() + DRAIN_MS;
    const waiting = [...this.#inDoubt];
    while (waiting.length > 0 && performance.now() < until) {
      const [client, request] = waiting.shift()!;
      if (await this.#isTaken(client, request)) continue;
      waiting.push([client, request]);
      await sleep(AGAIN_MS);
    }
    return waiting.length;
  }

  async #isTaken(client: number, request: number): Promise<boolean> {
    const before = this.#tally.acknowledged;
    await this.#send(client, request);
    return this.#tally.acknowledged > before;
  }
}

class PhaseTally {
  readonly #began = performance.now();
  readonly #latencies: number[] = [];
  readonly #refused: Record<string, number> = {};
  sent = 0;
  heldBack = 0;
  #shed = 0;
  #shedWithoutRetryAfter = 0;
  #doubts = 0;

  get acknowledged(): number {
    return this.#latencies.length;
  }

  note(answer: Awaited<ReturnType<typeof post>>, milliseconds: number): void {
    if (answer.kind === 'taken') this.#latencies.push(milliseconds);
    else if (answer.kind === 'doubt') this.#doubts++;
    else if (answer.kind === 'refused') this.#refused[answer.status] = (this.#refused[answer.status] ?? 0) + 1;
    else {
      this.#shed++;
      if (answer.retryAfterSeconds === null) this.#shedWithoutRetryAfter++;
    }
  }

  statistics(): PhaseStatistics {
    const sorted = Float64Array.from(this.#latencies).sort();
    return {
      seconds: (performance.now() - this.#began) / 1000,
      sent: this.sent,
      heldBack: this.heldBack,
      acknowledged: sorted.length,
      shed: this.#shed,
      shedWithoutRetryAfter: this.#shedWithoutRetryAfter,
      doubts: this.#doubts,
      refused: this.#refused,
      p50Ms: sorted[Math.floor(sorted.length * 0.5)] ?? Number.NaN,
      p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
    };
  }
}

await new OverloadLoad(JSON.parse(process.argv[2] ?? '') as OverloadOrder).run((message) => process.send?.(message));
process.disconnect?.();

import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { LedgerFile } from '../ledger/ledger-file.ts';
import { ledgerBody, packed } from '../ledger/ledger-request.ts';
import { requestsUntil } from '../ledger/plan.ts';
import { type Answer, post } from '../ledger/post.ts';
import type { OverloadMessage, OverloadOrder, PhaseStatistics } from './overload-order.ts';

const PLANNED_AT_ONCE = 4096;
const TICK_MS = 5;
const SETTLE_MS = 5000;
/** Compiled code, known streams: a cold service takes less, and would make its capacity look small. */
const WARM_SECONDS = 1;
/** Four times a second. */
const LIVENESS_EVERY_MS = 250;
const LIVENESS_LATE_MS = 5000;
const DRAIN_MS = 60_000;
const AGAIN_MS = 100;
const DRAINED_AT_ONCE = 32;

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
    const { capacityInFlight, capacitySeconds, overloadSeconds, afterSeconds, times } = this.#order;
    const liveness = setInterval(() => void this.#askLiveness(), LIVENESS_EVERY_MS);
    tell({ phase: 'warm', statistics: await this.#closed(WARM_SECONDS, capacityInFlight) });
    const capacity = await this.#closed(capacitySeconds, capacityInFlight);
    tell({ phase: 'capacity', statistics: capacity });
    const perSecond = (times * capacity.acknowledged) / capacity.seconds;
    tell({ phase: 'overload', statistics: await this.#open(overloadSeconds, perSecond) });
    tell({ phase: 'after', statistics: await this.#closed(afterSeconds, capacityInFlight) });
    tell({ phase: 'drained', open: await this.#drain() });
    clearInterval(liveness);
    this.#ledger.close();
    this.#agent.destroy();
  }

  /** Over a connection of its own, as whoever decides on restarts asks. */
  async #askLiveness(): Promise<void> {
    const tally = this.#tally;
    const began = performance.now();
    const signal = AbortSignal.timeout(LIVENESS_LATE_MS);
    const answer = await fetch(new URL('/livez', this.#order.url), { signal }).catch(() => null);
    await answer?.arrayBuffer().catch(() => undefined);
    tally.noteLiveness(answer?.ok === true ? performance.now() - began : Number.POSITIVE_INFINITY);
  }

  async #closed(seconds: number, inFlight: number): Promise<PhaseStatistics> {
    let isOver = false;
    const sendOn = async (): Promise<void> => {
      while (!isOver) await this.#sendNext();
    };
    const senders = Array.from({ length: inFlight }, sendOn);
    const statistics = await this.#watch(seconds);
    isOver = true;
    await Promise.all(senders);
    return statistics;
  }

  /** What is answered in a stretch of time, once the load before it has settled. */
  async #watch(seconds: number): Promise<PhaseStatistics> {
    await sleep(SETTLE_MS);
    this.#tally = new PhaseTally();
    await sleep(seconds * 1000);
    return this.#tally.statistics();
  }

  async #open(seconds: number, perSecond: number): Promise<PhaseStatistics> {
    let isOver = false;
    const began = performance.now();
    const sendDue = async (): Promise<void> => {
      for (let due = 0; !isOver; await sleep(TICK_MS)) {
        const wanted = Math.floor(((performance.now() - began) / 1000) * perSecond);
        for (; due < wanted; due++) {
          if (this.#onTheirWay < this.#order.overloadInFlight) void this.#sendNext();
          else this.#tally.heldBack++;
        }
      }
    };
    const sender = sendDue();
    const statistics = await this.#watch(seconds);
    isOver = true;
    await sender;
    while (this.#onTheirWay > 0) await sleep(TICK_MS);
    return statistics;
  }

  async #sendNext(): Promise<void> {
    const client = this.#client;
    this.#client = (client + 1) % this.#order.plan.clients;
    const request = this.#requests[client]!++;
    if (request >= this.#limit) throw new Error('the plan has no more requests: give it more clients');
    this.#ledger.plan(client, request);
    if ((await this.#send(client, request)) === 'doubt') this.#inDoubt.push([client, request]);
  }

  async #send(client: number, request: number): Promise<Answer['kind']> {
    const { url, plan, timeoutMs, isPacked } = this.#order;
    const plain = ledgerBody(plan, client, request, 'protobuf');
    const body = isPacked ? packed(plain) : plain;
    const began = performance.now();
    this.#tally.sent++;
    this.#onTheirWay++;
    const answer = await post(body, { url, agent: this.#agent, timeoutMs, misbehaviour: 'none' });
    this.#onTheirWay--;
    if (answer.kind !== 'shed') this.#ledger.sent(client, request);
    if (answer.kind === 'taken') this.#ledger.acknowledged(client, request);
    this.#tally.note(answer, performance.now() - began);
    return answer.kind;
  }

  async #drain(): Promise<number> {
    const until = performance.now() + DRAIN_MS;
    const waiting = this.#inDoubt;
    const sendOn = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        if ((await this.#send(...next)) === 'taken') continue;
        waiting.push(next);
        if (performance.now() > until) return;
        await sleep(AGAIN_MS);
      }
    };
    await Promise.all(Array.from({ length: DRAINED_AT_ONCE }, sendOn));
    return waiting.length;
  }
}

class PhaseTally {
  readonly #began = performance.now();
  readonly #latencies: number[] = [];
  readonly #liveness: number[] = [];
  readonly #refused: Record<string, number> = {};
  sent = 0;
  heldBack = 0;
  #partial = 0;
  #shed = 0;
  #shedWithoutRetryAfter = 0;
  #doubts = 0;

  get acknowledged(): number {
    return this.#latencies.length;
  }

  note(answer: Answer, milliseconds: number): void {
    if (answer.kind === 'taken') {
      this.#latencies.push(milliseconds);
      if (answer.rejected) this.#partial++;
    } else if (answer.kind === 'doubt') this.#doubts++;
    else if (answer.kind === 'refused') this.#refused[answer.status] = (this.#refused[answer.status] ?? 0) + 1;
    else {
      this.#shed++;
      if (answer.retryAfterSeconds === null) this.#shedWithoutRetryAfter++;
    }
  }

  noteLiveness(milliseconds: number): void {
    this.#liveness.push(milliseconds);
  }

  statistics(): PhaseStatistics {
    const sorted = Float64Array.from(this.#latencies).sort();
    const liveness = Float64Array.from(this.#liveness).sort();
    return {
      seconds: (performance.now() - this.#began) / 1000,
      sent: this.sent,
      heldBack: this.heldBack,
      acknowledged: sorted.length,
      partial: this.#partial,
      shed: this.#shed,
      shedWithoutRetryAfter: this.#shedWithoutRetryAfter,
      doubts: this.#doubts,
      refused: this.#refused,
      p50Ms: sorted[Math.floor(sorted.length * 0.5)] ?? Number.NaN,
      p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
      livenessP99Ms: liveness[Math.floor(liveness.length * 0.99)] ?? Number.NaN,
    };
  }
}

// Whoever started this has ended: nobody is left to listen.
process.on('disconnect', () => process.exit());

await new OverloadLoad(JSON.parse(process.argv[2] ?? '') as OverloadOrder).run((message) => process.send?.(message));
process.disconnect?.();

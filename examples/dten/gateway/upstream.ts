import { setTimeout as wait } from 'node:timers/promises';
import { send } from '../http.ts';
import type { Answer, HttpTelemetry } from '../telemetry.ts';
import type { RetryStrategy } from './backoff.ts';

const UNREACHABLE: Answer = { status: 503, body: 'unreachable' };

/** The gateway's dependencies: every attempt is a client span, instances take turns. */
export class Upstream {
  readonly #telemetry: HttpTelemetry;
  #ports: ReadonlyMap<string, readonly number[]> = new Map();
  #turn = 0;

  constructor(telemetry: HttpTelemetry) {
    this.#telemetry = telemetry;
  }

  locate(ports: ReadonlyMap<string, readonly number[]>): void {
    this.#ports = ports;
  }

  async call(method: string, peer: string, path: string, merchant: string, resendCount = 0): Promise<Answer> {
    const ports = this.#ports.get(peer) ?? [];
    this.#turn += 1;
    const port = ports[this.#turn % ports.length] ?? 0;
    try {
      return await this.#telemetry.client(method, peer, resendCount, () => send({ port, method, path, merchant }));
    } catch {
      return UNREACHABLE;
    }
  }

  /** Repeats a POST while it is answered 503; the last answer stands. */
  async post(peer: string, path: string, merchant: string, strategy: RetryStrategy): Promise<Answer> {
    let answer = await this.call('POST', peer, path, merchant);
    for (let resendCount = 1; answer.status === 503 && resendCount < strategy.attempts; resendCount += 1) {
      await wait(strategy.waitMs(resendCount, Math.random()));
      answer = await this.call('POST', peer, path, merchant, resendCount);
    }
    return answer;
  }
}

import type { MiddlewareHandler } from 'hono';
import { AppError } from '../domain/error.ts';
import type { ApiEnv, ApiParts } from './services.ts';

/** This many seconds' worth of requests may come at once. */
const BURST_SECONDS = 10;
/** Callers that are told apart; each costs two numbers. */
const MOST_CALLERS = 10_000;
/** Levels are sums of fractions. */
const ROUNDING = 1e-9;

export interface Allowance {
  readonly isGranted: boolean;
  /** What may still come at once. */
  readonly remaining: number;
  /** Until the next may come, where this one may not. */
  readonly retryAfterSeconds: number;
  /** Until all of it may come again. */
  readonly wholeInSeconds: number;
}

/** What a caller has asked of late, at one moment; it drains at the rate that is allowed. */
interface Level {
  readonly requests: number;
  readonly atMs: number;
}

/** A leaky bucket a caller, as a meter (ITU-T I.371, annex A). */
export class RequestRates {
  readonly burst: number;
  readonly #perMs: number;
  readonly #levels = new Map<string, Level>();

  constructor(perSecond: number) {
    this.burst = perSecond * BURST_SECONDS;
    this.#perMs = perSecond / 1000;
  }

  /** Callers that are remembered. */
  get size(): number {
    return this.#levels.size;
  }

  take(caller: string, nowMs: number): Allowance {
    const before = this.#levelAt(this.#levels.get(caller), nowMs);
    const isGranted = before + 1 <= this.burst + ROUNDING;
    const requests = isGranted ? before + 1 : before;
    if (isGranted) this.#keep(caller, { requests, atMs: nowMs });
    return {
      isGranted,
      remaining: Math.max(0, Math.floor(this.burst - requests + ROUNDING)),
      retryAfterSeconds: isGranted ? 0 : Math.max(1, this.#secondsToDrain(before + 1 - this.burst)),
      wholeInSeconds: this.#secondsToDrain(requests),
    };
  }

  #levelAt(level: Level | undefined, nowMs: number): number {
    if (level === undefined) return 0;
    return Math.max(0, level.requests - Math.max(0, nowMs - level.atMs) * this.#perMs);
  }

  #secondsToDrain(requests: number): number {
    return Math.ceil(requests / this.#perMs / 1000 - ROUNDING);
  }

  /** Who was heard of longest ago is forgotten first. */
  #keep(caller: string, level: Level): void {
    this.#levels.delete(caller);
    this.#levels.set(caller, level);
    for (const known of this.#levels.keys()) {
      if (this.#levels.size <= MOST_CALLERS) return;
      this.#levels.delete(known);
    }
  }
}

/** Counts a request against its token (draft-ietf-httpapi-ratelimit-headers); who needs no token is not counted. */
export function limitsRate({ rates, elapsedMs }: ApiParts): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const { id } = context.get('caller');
    if (id === null) return await next();
    const allowance = rates.take(id, elapsedMs());
    context.header('RateLimit-Policy', `"default";q=${rates.burst};w=${BURST_SECONDS}`);
    context.header('RateLimit', `"default";r=${allowance.remaining};t=${allowance.wholeInSeconds}`);
    if (allowance.isGranted) return await next();
    throw new AppError('rate-limited', 'this token has asked too often', {
      retryAfterSeconds: allowance.retryAfterSeconds,
      remedy: 'wait as long as Retry-After says; RateLimit tells what is left',
    });
  };
}

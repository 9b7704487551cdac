import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestRates } from '../../src/api/request-rates.ts';
import { remade, START_MS, useApi } from './api-fixture.ts';

describe('requests of one token', () => {
  const api = useApi();
  const asker = (app = remade(api, { requestRate: 2 })) => {
    return async (token: string | null, path = '/api/v1/slos') => {
      const headers: Record<string, string> = token === null ? {} : { Authorization: `Bearer ${token}` };
      return await app.request(`http://127.0.0.1:4318${path}`, { headers });
    };
  };

  it('are answered until its allowance is used up, then told when to come again, and answered then', async () => {
    const ask = asker();
    const token = await api.token(['read']);
    for (let left = 19; left >= 0; left--) {
      const answer = await ask(token);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('RateLimit-Policy')).toBe('"default";q=20;w=10');
      expect(answer.headers.get('RateLimit')).toBe(`"default";r=${left};t=${Math.ceil((20 - left) / 2)}`);
      expect(answer.headers.get('Retry-After')).toBeNull();
    }
    const refused = await ask(token);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('RateLimit')).toBe('"default";r=0;t=10');
    expect(await refused.json()).toMatchObject({ code: 'rate-limited' });
    const waitSeconds = Number(refused.headers.get('Retry-After'));
    expect(waitSeconds).toBeGreaterThan(0);
    api.nowMs += waitSeconds * 1000;
    expect((await ask(token)).status).toBe(200);
  });

  it('do not count against another token, nor against anyone on loopback', async () => {
    const ask = asker();
    const [busy, other] = [await api.token(['read']), await api.token(['read'])];
    for (let count = 0; count < 21; count++) await ask(busy);
    expect((await ask(busy)).status).toBe(429);
    expect((await ask(other)).status).toBe(200);
    for (let count = 0; count < 50; count++) expect((await ask(null)).status).toBe(200);
    expect((await ask(null)).headers.get('RateLimit')).toBeNull();
  });

  it('say what is left also where they are refused for what they ask', async () => {
    const answer = await asker()(await api.token(['read']), '/api/v1/slos/none');
    expect([answer.status, answer.headers.get('RateLimit')]).toEqual([404, '"default";r=19;t=1']);
  });
});

describe('an allowance', () => {
  it('never grants more than a burst and what has come since, and never less', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 800 }),
        (perSecond, pauses) => {
          const rates = new RequestRates(perSecond);
          // The same as a bucket of tokens that is filled all the time.
          let tokens = rates.burst;
          let nowMs = START_MS;
          for (const pause of pauses) {
            nowMs += pause;
            tokens = Math.min(rates.burst, tokens + (pause * perSecond) / 1000);
            const allowance = rates.take('one', nowMs);
            expect(allowance.isGranted).toBe(tokens > 1 - 1e-6);
            if (allowance.isGranted) tokens -= 1;
            expect(Math.abs(allowance.remaining - tokens)).toBeLessThan(1 + 1e-6);
            if (!allowance.isGranted) {
              const then = tokens + allowance.retryAfterSeconds * perSecond;
              expect(then).toBeGreaterThan(1 - 1e-6);
            }
          }
        },
      ),
    );
  });

  it('is kept for so many callers and no more, whoever comes', () => {
    const rates = new RequestRates(1);
    for (let count = 0; count < 10; count++) rates.take('first', START_MS);
    for (let count = 0; count < 9_999; count++) rates.take(`caller ${count}`, START_MS);
    expect(rates.take('first', START_MS).isGranted).toBe(false);
    expect(rates.size).toBe(10_000);
    for (let count = 0; count < 5_000; count++) rates.take(`other ${count}`, START_MS);
    expect(rates.size).toBe(10_000);
  });
});

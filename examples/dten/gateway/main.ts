import type { IncomingMessage } from 'node:http';
import { startTelemetry } from '../exporting.ts';
import { merchantOf } from '../http.ts';
import { run } from '../service.ts';
import { type Answer, HttpTelemetry } from '../telemetry.ts';
import { fixedWait, type RetryStrategy } from './backoff.ts';
import { FlaggedStrategy } from './feature-flag.ts';
import { Upstream } from './upstream.ts';

const PAYMENTS = 'payments.example.com';

const sdk = startTelemetry();
const telemetry = new HttpTelemetry();
const upstream = new Upstream(telemetry);

/** 4.1.9 knows no flag; 4.2.0 asks for it, and with the flag off does what 4.1.9 did. */
const flagged = process.env.SERVICE_VERSION === '4.2.0' ? new FlaggedStrategy() : null;
await flagged?.connect();

const routes = new Map<string, (merchant: string) => Promise<Answer>>([
  ['POST /orders', placeOrder],
  ['POST /refunds', refund],
  ['GET /catalog', (merchant) => upstream.call('GET', 'catalog', '/catalog', merchant)],
]);

await run({
  handle: (incoming: IncomingMessage) => {
    const method = incoming.method ?? '';
    const path = incoming.url ?? '';
    const route = routes.get(`${method} ${path}`);
    return route ? telemetry.server(method, path, () => route(merchantOf(incoming))) : null;
  },
  receive: (order) => {
    if (order.kind === 'peers') upstream.locate(new Map(Object.entries(order.ports)));
    if (order.kind === 'rollout') flagged?.rollOut(order.percent);
  },
  flush: () => sdk.shutdown(),
});

async function placeOrder(merchant: string): Promise<Answer> {
  const strategy = await strategyFor(merchant);
  const order = await upstream.call('POST', 'orders', '/orders', merchant);
  if (order.status !== 200) return { status: 503, body: 'orders is away' };
  const charge = await upstream.post(PAYMENTS, '/charges', merchant, strategy);
  return charge.status === 200 ? { status: 201, body: order.body } : { status: 202, body: 'charged later' };
}

async function refund(merchant: string): Promise<Answer> {
  const answer = await upstream.post(PAYMENTS, '/refunds', merchant, await strategyFor(merchant));
  return answer.status === 200 ? answer : { status: 502, body: 'refund failed' };
}

async function strategyFor(merchant: string): Promise<RetryStrategy> {
  return (await flagged?.strategyFor(merchant)) ?? fixedWait;
}

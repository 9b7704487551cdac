import type { IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { Account } from './account.ts';
import { merchantOf } from './http.ts';
import { between, seededRandom } from './seeded-random.ts';
import { run } from './service.ts';
import type { Answer } from './telemetry.ts';

/** The third party: nobody here can see inside it, so it has no telemetry. */
const REFUND_FAILURE_RATIO = 0.15;

const random = seededRandom(17);
const accounts = new Map<string, Account>();
const sentToLeader = new Set<string>();

await run({
  handle: (incoming) => {
    if (incoming.method !== 'POST') return null;
    if (incoming.url === '/charges') return charge(incoming);
    if (incoming.url === '/refunds') return refund(merchantOf(incoming));
    return null;
  },
});

async function charge(incoming: IncomingMessage): Promise<Answer> {
  if (accountOf(merchantOf(incoming)).throttles(performance.now())) {
    await wait(between(random, 50, 80));
    return { status: 503, body: 'account is throttled' };
  }
  await wait(between(random, 14, 24));
  return { status: 200, body: 'charged' };
}

/** Refunds run elsewhere, without a throttle. One call in six meets the wrong replica; the next one does not. */
async function refund(merchant: string): Promise<Answer> {
  if (!sentToLeader.delete(merchant) && random() < REFUND_FAILURE_RATIO) {
    sentToLeader.add(merchant);
    await wait(between(random, 3, 6));
    return { status: 503, body: 'not the leader' };
  }
  await wait(between(random, 16, 28));
  return { status: 200, body: 'refunded' };
}

function accountOf(merchant: string): Account {
  const known = accounts.get(merchant);
  if (known) return known;
  const account = new Account(`account of ${merchant}`, performance.now());
  accounts.set(merchant, account);
  return account;
}

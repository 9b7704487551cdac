import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXAMPLE, exampleDocument, type RecordedRequest, recordedRequests } from '../../service/running-service.ts';
import { type SeededRandom, shuffledBy } from '../../support/seeded-random.ts';
import { forEachOf, Served } from '../served.ts';

const UPGRADE = 'dten-4.2.0';
/** The recording is as old as it is. */
const SETTINGS = {
  POSTFLIGHT_ACCEPT_PAST: '9999d',
  POSTFLIGHT_POINTS_RETENTION: '9999d',
  POSTFLIGHT_SPANS_RETENTION: '9999d',
};

export interface OrderOutcome {
  readonly requests: number;
  /** Reports that are not, byte for byte, that of the requests in order. */
  readonly differing: number;
}

/** The example, sent in order by one tenant and in other orders by others, some requests of those twice. */
export async function reportsInAnyOrder(folder: string, random: SeededRandom, orders: number): Promise<OrderOutcome> {
  const requests = recordedRequests();
  const served = await Served.start(folder, SETTINGS);
  try {
    const expected = await reportOf(served, 'in-order', requests);
    let differing = 0;
    for (let order = 0; order < orders; order++) {
      const again = requests.filter(() => random.uniform() < 0.1);
      const mixed = shuffledBy(random, [...requests, ...again]);
      if ((await reportOf(served, `mixed-${order}`, mixed)) !== expected) differing++;
    }
    return { requests: requests.length, differing };
  } finally {
    await served.stop();
  }
}

async function reportOf(served: Served, tenant: string, requests: readonly RecordedRequest[]): Promise<string> {
  const token = await served.tokenOf(tenant);
  await forEachOf(requests, async ({ signal, line }) => {
    const headers = { 'content-type': 'application/json' };
    const { status, text } = await served.send({ path: `/v1/${signal}`, headers, body: Buffer.from(line) }, token);
    if (status !== 200 || text !== '{}') throw new Error(`${status}: ${text}`);
  });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/yaml' };
  const slo = readFileSync(join(EXAMPLE, 'slo.yaml'));
  const put = await fetch(`${served.url}/api/v1/slos/orders`, { method: 'PUT', headers, body: slo });
  if (!put.ok) throw new Error(`${put.status}: ${await put.text()}`);
  const document = { path: '/api/v1/upgrades', headers, body: Buffer.from(exampleDocument()) };
  const registered = await served.send(document, token);
  if (registered.status !== 201) throw new Error(`${registered.status}: ${registered.text}`);
  return await served.report(UPGRADE, token);
}

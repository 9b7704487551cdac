import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/domain/error.ts';
import { ByteBudget } from '../../src/ingest/routes/byte-budget.ts';
import { SIGNATURE_SCHEMES } from '../../src/ingest/signatures/index.ts';
import { readWebhookSecrets, signerOf } from '../../src/ingest/signatures/webhook-secret.ts';
import { remade, useApi } from './api-fixture.ts';

const FLAG = { id: 'backoff.v2', kind: 'flag', flag: 'backoff.v2', to: 'on', at: '2026-11-20T02:40:00Z' };
const BODY = JSON.stringify(FLAG);
const KEY = Buffer.from('a key of thirty-two bytes, no less');
const OTHER_KEY = Buffer.from('another key, which is of nobody..');

type Headers = Record<string, string>;

/** How each sender signs, written from its own documentation; a scheme without one here fails. */
const SIGN: Readonly<Record<string, (body: string, key: Buffer, at: { id: string; ms: number }) => Headers>> = {
  github: (body, key) => ({ 'X-Hub-Signature-256': `sha256=${createHmac('sha256', key).update(body).digest('hex')}` }),
  launchdarkly: (body, key) => ({ 'X-LD-Signature': createHmac('sha256', key).update(body).digest('hex') }),
  flagsmith: (body, key) => ({ 'X-Flagsmith-Signature': createHmac('sha256', key).update(body).digest('hex') }),
  growthbook: (body, key) => ({ 'X-GrowthBook-Signature': createHmac('sha256', key).update(body).digest('hex') }),
  'standard-webhooks': (body, key, { id, ms }) => {
    const timestamp = String(Math.floor(ms / 1000));
    const digest = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
    return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${digest}` };
  },
};

function secretOf(scheme: string, key = KEY): string {
  return scheme === 'standard-webhooks'
    ? `whsec_${key.toString('base64')}`
    : key.toString('latin1').replaceAll(' ', '_');
}

function keyOf(scheme: string, key = KEY): Buffer {
  return scheme === 'standard-webhooks' ? key : Buffer.from(secretOf(scheme, key));
}

function secretsOf(scheme: string): NonNullable<ReturnType<typeof readWebhookSecrets>> {
  return readWebhookSecrets(`${scheme}:shop:${secretOf(scheme)} ${scheme}:bank:${secretOf(scheme, OTHER_KEY)}`)!;
}

describe.each(SIGNATURE_SCHEMES)('webhooks signed as $name', ({ name, header }) => {
  const api = useApi();
  const webhookSecrets = secretsOf(name);
  const open = () => remade(api, { anonymousTenant: null, webhookSecrets });
  let deliveries = 0;
  const signed = (body = BODY, key = keyOf(name), ms = api.nowMs, id = `msg_${++deliveries}`): Headers =>
    SIGN[name]!(body, key, { id, ms });
  const send = async (app: ReturnType<typeof open>, headers: Headers, body = BODY, path = '/api/v1/changes') => {
    const all = { 'Content-Type': 'application/json', ...headers };
    const answer = await app.request(`http://postflight.example${path}`, { method: 'POST', headers: all, body });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const changesOf = (tenant: string) => api.records.changes(tenant, 0, api.nowMs);

  it('need no token, and work for the tenant whose secret they were signed with', async () => {
    expect(SIGN[name]).toBeDefined();
    const app = open();
    expect(await send(app, signed())).toMatchObject({ status: 201, body: { new: 1 } });
    expect(await changesOf('shop')).toHaveLength(1);
    expect(await changesOf('bank')).toEqual([]);
    expect(await send(app, signed(BODY, keyOf(name, OTHER_KEY)))).toMatchObject({ status: 201 });
    expect(await changesOf('bank')).toHaveLength(1);
  });

  it('may announce changes, and nothing else', async () => {
    const app = open();
    expect((await send(app, signed(), BODY, '/api/v1/upgrades')).status).toBe(401);
    expect((await send(app, signed(), BODY, '/api/v1/tokens')).status).toBe(401);
  });

  it('are refused without a secret of theirs, and say what is missing', async () => {
    const app = remade(api, { anonymousTenant: null, webhookSecrets: [] });
    const refused = await send(app, signed());
    expect(refused).toMatchObject({ status: 401, body: { code: 'unauthenticated', place: header } });
    expect(refused.body.remedy).toContain('webhook_secrets');
  });

  it('have to match where a secret is set, also on loopback; a token that is sent beside decides instead', async () => {
    const app = remade(api, { webhookSecrets });
    expect((await send(app, signed(BODY, Buffer.from('a wrong key')))).status).toBe(401);
    const token = await api.token(['analyse'], 'ours');
    const answer = await send(app, { ...signed(`${BODY} `), Authorization: `Bearer ${token}` });
    expect(answer.status).toBe(201);
    expect((await send(app, { ...signed(), Authorization: 'Bearer pf_wrong' })).status).toBe(401);
  });

  it('hold room of their own while they are checked, and give it back, however often they are refused', async () => {
    const app = open();
    const large = `${BODY}${' '.repeat(900_000)}`;
    const tooLarge = `${BODY}${' '.repeat(1024 ** 2)}`;
    for (let count = 0; count < 12; count++) {
      expect((await send(app, signed(BODY), large)).status).toBe(401);
      expect((await send(app, signed(tooLarge), tooLarge)).status).toBe(413);
    }
    expect((await send(app, signed(large), large)).status).toBe(201);
    expect(api.services.budget.usedBytes).toBe(0);
  });

  it('take no room from telemetry while they are not checked', async () => {
    const budget = new ByteBudget(1);
    const app = remade(api, { anonymousTenant: null, webhookSecrets, budget });
    expect((await send(app, signed(`x${BODY}`))).status).toBe(401);
    expect(budget.usedBytes).toBe(0);
  });

  it('are refused where one bit of body or signature is another, whichever it is', async () => {
    const app = open();
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('body', 'header'),
        fc.nat(),
        fc.integer({ min: 1, max: 127 }),
        async (what, at, bits) => {
          const headers = signed();
          const target = what === 'body' ? BODY : headers[header]!;
          const place = at % target.length;
          const code = target.charCodeAt(place) ^ bits;
          const changed = `${target.slice(0, place)}${String.fromCharCode(code)}${target.slice(place + 1)}`;
          // Hex has no case, spaces around a header are none, and other characters cannot be sent.
          fc.pre(what === 'body' || (code > 32 && code < 127 && changed.toLowerCase() !== target.toLowerCase()));
          const answer =
            what === 'body' ? await send(app, headers, changed) : await send(app, { ...headers, [header]: changed });
          expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
          tried += 1;
        },
      ),
      { numRuns: 500 },
    );
    expect(tried).toBe(500);
    expect(await changesOf('shop')).toEqual([]);
  });
});

describe('deliveries that carry the time of their signature', () => {
  const api = useApi();
  const webhookSecrets = secretsOf('standard-webhooks');
  const sign = (id: string, ms: number): Headers => SIGN['standard-webhooks']!(BODY, KEY, { id, ms });
  const sender = (app = remade(api, { anonymousTenant: null, webhookSecrets })) => {
    return async (headers: Headers) => {
      const all = { 'Content-Type': 'application/json', ...headers };
      const answer = await app.request('http://postflight.example/api/v1/changes', {
        method: 'POST',
        headers: all,
        body: BODY,
      });
      return answer.status;
    };
  };

  it('are taken once and never again, and neither old nor ahead, whatever is tried', async () => {
    const send = sender();
    const taken = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 20 }),
        fc.integer({ min: -900, max: 900 }),
        fc.nat({ max: 600 }),
        async (id, signedAt, passed) => {
          api.nowMs += passed * 1000;
          const signedMs = api.nowMs - (api.nowMs % 1000) + signedAt * 1000;
          const isFresh = Math.abs(api.nowMs - signedMs) <= 300_000;
          const key = `${id} ${signedMs}`;
          const expected = isFresh && !taken.has(key) ? [200, 201] : [401];
          const headers = sign(`msg_${id}`, signedMs);
          expect(expected).toContain(await send(headers));
          if (isFresh) taken.add(key);
          expect(await send(headers)).toBe(401);
        },
      ),
      { numRuns: 500 },
    );
    for (const key of taken) {
      const [id, signedMs] = key.split(' ');
      expect(await send(sign(`msg_${id}`, Number(signedMs)))).toBe(401);
    }
  });

  it('may come again where they could not be stored', async () => {
    let isAway = true;
    const records = {
      ...api.records,
      addChanges: async (changes: Parameters<typeof api.records.addChanges>[0]) => {
        if (isAway) throw new AppError('unavailable', 'away');
        return await api.records.addChanges(changes);
      },
    };
    const send = sender(remade(api, { anonymousTenant: null, webhookSecrets, records }));
    const headers = sign('msg_1', api.nowMs);
    expect(await send(headers)).toBe(503);
    isAway = false;
    expect(await send(headers)).toBe(201);
    expect(await send(headers)).toBe(401);
  });

  it('may be signed with the old and the new secret at one time', async () => {
    const old = SIGN['standard-webhooks']!(BODY, Buffer.alloc(32, 1), { id: 'msg_1', ms: api.nowMs });
    const current = sign('msg_1', api.nowMs);
    const both = `v1a,${'A'.repeat(86)}== ${old['webhook-signature']} ${current['webhook-signature']}`;
    expect(await sender()({ ...current, 'webhook-signature': both })).toBe(201);
  });
});

describe('the schemes', () => {
  it('agree with the values that are published', () => {
    const schemes = new Map(SIGNATURE_SCHEMES.map((scheme) => [scheme.name, scheme]));
    const ofGithub = {
      body: Buffer.from('Hello, World!'),
      headers: { 'X-Hub-Signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' },
      secret: "It's a Secret to Everybody",
    };
    const ofStandard = {
      body: Buffer.from('{"test": 2432232314}'),
      headers: {
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      },
      secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    };
    for (const [name, { body, headers, secret }] of Object.entries({
      github: ofGithub,
      'standard-webhooks': ofStandard,
    })) {
      const scheme = schemes.get(name)!;
      const claimed = scheme.read({ header: (header) => (headers as Headers)[header], body })!;
      const ours = { scheme: name, tenant: 'shop', key: scheme.keyOf(secret)! };
      expect(signerOf(claimed, [ours])).toBe(ours);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { START_MS, UPGRADE, useApi } from './api-fixture.ts';

const YAML = { 'Content-Type': 'application/yaml' };

describe('upgrades', () => {
  const api = useApi();
  const register = (body = UPGRADE, headers: Record<string, string> = YAML) =>
    api.ask('POST', '/api/v1/upgrades', { body, headers });

  it('are registered from YAML, and say where they are', async () => {
    const answer = await register();
    expect(answer.status).toBe(201);
    expect(answer.headers.get('Location')).toBe('/api/v1/upgrades/dten-4.2.0');
    expect(await answer.json()).toEqual({
      name: 'dten-4.2.0',
      self: '/api/v1/upgrades/dten-4.2.0',
      registered: '2026-11-20T03:00:00Z',
      changed: '2026-11-20T03:00:00Z',
      due: '2026-11-20T03:00:00Z',
      trouble: null,
      report: null,
      outcome: 'created',
    });
    const read = await api.ask('GET', '/api/v1/upgrades/dten-4.2.0');
    expect(await read.json()).toMatchObject({ name: 'dten-4.2.0', document: UPGRADE });
  });

  it('are registered from JSON, packed or not, and stay as they were sent', async () => {
    const document = JSON.stringify({
      apiVersion: 'postflight/v1',
      kind: 'Upgrade',
      metadata: { name: 'a/b ü' },
      spec: { window: { start: '2026-11-20T02:00:00Z', end: '2026-11-20T03:00:00Z' } },
    });
    const answer = await register(document, { 'Content-Type': 'application/json; charset=utf-8' });
    expect(answer.status).toBe(201);
    const location = answer.headers.get('Location')!;
    expect(location).toBe('/api/v1/upgrades/a%2Fb%20%C3%BC');
    expect(await (await api.ask('GET', location)).json()).toMatchObject({ name: 'a/b ü', document });
    expect((await api.ask('GET', `${location}/report`)).status).toBe(202);
  });

  it('are refused where they name an SLO that is not stored, and taken once it is', async () => {
    const named = `${UPGRADE.trimEnd()}\n  slos: [orders]\n`;
    const refused = await register(named);
    expect(await refused.json()).toMatchObject({
      status: 400,
      code: 'document',
      detail: 'no SLO "orders" is stored',
      place: `upgrade:${named.split('\n').length - 1}: spec.slos[0]`,
      remedy: 'store it first with PUT /api/v1/slos/{name}',
      errors: [{ pointer: '#/spec/slos/0' }],
    });
    const slo = 'apiVersion: openslo/v1\nkind: DataSource\nmetadata: { name: a }\nspec: { type: x }\n';
    await api.ask('PUT', '/api/v1/slos/orders', { body: slo, headers: YAML });
    expect((await register(named)).status).toBe(201);
  });

  it('change when their document does, and say when it does not', async () => {
    await register();
    api.nowMs += 1_000;
    expect(await (await register()).json()).toMatchObject({ outcome: 'same', changed: '2026-11-20T03:00:00Z' });
    const changed = await register(UPGRADE.replace('to: "4.2.0"', 'to: "4.2.1"'));
    expect(changed.status).toBe(200);
    expect(await changed.json()).toMatchObject({ outcome: 'changed', changed: '2026-11-20T03:00:01Z' });
  });

  it('are refused with everything that is wrong, by pointer, line and remedy', async () => {
    const wrong = UPGRADE.replace('kind: binary', 'kind: binery').replace('start: 2026', 'start: 20x6');
    const answer = await register(wrong);
    expect(answer.status).toBe(400);
    const problem = (await answer.json()) as { errors: { pointer: string; line: number }[] };
    expect(problem).toMatchObject({ code: 'document', type: '/docs#problem-document', status: 400 });
    expect(problem.errors.map(({ pointer, line }) => [pointer, line])).toEqual([
      ['#/spec/window/start', 6],
      ['#/spec/changes/0/kind', 8],
    ]);
    expect((await register('metadata: [')).status).toBe(400);
    expect((await register('{"a":', { 'Content-Type': 'application/json' })).status).toBe(400);
    expect((await register('')).status).toBe(400);
  });

  it('are refused by content type, size and encoding', async () => {
    expect((await register(UPGRADE, { 'Content-Type': 'text/plain' })).status).toBe(415);
    expect((await register(UPGRADE, {})).status).toBe(415);
    expect((await register(UPGRADE, { ...YAML, 'Content-Encoding': 'br' })).status).toBe(415);
    expect((await register(UPGRADE, { ...YAML, 'Content-Encoding': 'gzip' })).status).toBe(400);
    expect((await register(`# ${'x'.repeat(5 * 1024 ** 2)}\n${UPGRADE}`)).status).toBe(413);
    expect((await register(UPGRADE.replace('dten-4.2.0', `"a\\0b"`))).status).toBe(400);
  });

  it('are listed latest first with their latest report, page by page', async () => {
    for (let index = 0; index < 5; index += 1) {
      api.nowMs = START_MS + index;
      await register(UPGRADE.replace('dten-4.2.0', `u${index}`));
    }
    await api.report('regressed', { isFinal: true });
    const names: string[] = [];
    for (let path = '/api/v1/upgrades?limit=2'; path !== ''; ) {
      const answer = await api.ask('GET', path);
      const { upgrades, next } = (await answer.json()) as { upgrades: { name: string }[]; next: string | null };
      names.push(...upgrades.map(({ name }) => name));
      const link = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('Link') ?? '')?.[1] ?? '';
      expect(link === '').toBe(next === null);
      path = link;
    }
    expect(names).toEqual(['u4', 'u3', 'u2', 'u1', 'u0']);
    const first = (await (await api.ask('GET', '/api/v1/upgrades/u0')).json()) as { report: unknown };
    expect(first).toMatchObject({ due: null, report: { revision: 1, verdict: 'regressed', final: true } });
  });

  it('refuse a page that is none, telling which parameter is wrong', async () => {
    const fraction = Buffer.from('[1.5,"u"]').toString('base64url');
    for (const query of ['limit=0', 'limit=501', 'limit=many', 'cursor=nonsense', `cursor=${fraction}`, 'limits=5']) {
      const answer = await api.ask('GET', `/api/v1/upgrades?${query}`);
      expect([query, answer.status]).toEqual([query, 400]);
    }
    expect(await (await api.ask('GET', '/api/v1/upgrades?limit=0')).json()).toMatchObject({
      place: '?limit',
      remedy: 'see /docs for what it takes',
      errors: [{ pointer: '#/limit' }],
    });
    expect(await (await api.ask('GET', '/api/v1/upgrades?limits=5')).json()).toMatchObject({
      detail: 'the query is wrong: Unrecognized key: "limits"',
    });
  });

  it('are not there until they are registered', async () => {
    for (const path of ['', '/report', '/gate', '/events']) {
      expect((await api.ask('GET', `/api/v1/upgrades/none${path}`)).status).toBe(404);
    }
    expect((await api.ask('GET', '/api/v1/nothing')).status).toBe(404);
    expect((await api.ask('PATCH', '/api/v1/upgrades')).status).toBe(405);
  });
});

describe('an idempotency key', () => {
  const api = useApi();
  const register = (key: string, body = UPGRADE, token?: string) =>
    api.ask('POST', '/api/v1/upgrades', {
      body,
      headers: { ...YAML, 'Idempotency-Key': key },
      ...(token === undefined ? {} : { token }),
    });

  it('answers the same request as the first time, and another one not at all', async () => {
    const first = await register('k1');
    expect(first.status).toBe(201);
    api.nowMs += 60_000;
    const again = await register('k1');
    expect(again.status).toBe(201);
    expect(again.headers.get('Location')).toBe(first.headers.get('Location'));
    expect(await again.text()).toBe(await first.text());
    const other = await register('k1', UPGRADE.replace('dten', 'other'));
    expect(other.status).toBe(422);
    expect(await other.json()).toMatchObject({ code: 'reused-key' });
    expect(await api.records.upgrade('default', 'other-4.2.0')).toBeNull();
    api.nowMs += 86_400_000;
    expect((await register('k1', UPGRADE.replace('dten', 'other'))).status).toBe(201);
  });

  it('is one for each tenant', async () => {
    await register('k1', UPGRADE, await api.token(['analyse'], 'a'));
    const other = await register('k1', UPGRADE.replace('dten', 'other'), await api.token(['analyse'], 'b'));
    expect(other.status).toBe(201);
  });

  it('does a request under way only once', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => register('k2')));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201).length).toBeGreaterThan(0);
    expect(statuses.filter((status) => status !== 201 && status !== 409)).toEqual([]);
    expect((await register('k2')).status).toBe(201);
  });

  it('keeps no answer to what was refused, and takes no unreadable key', async () => {
    expect((await register('k3', 'kind: nothing')).status).toBe(400);
    expect((await register('k3')).status).toBe(201);
    expect((await register('a b')).status).toBe(400);
    expect((await register('x'.repeat(256))).status).toBe(400);
  });
});

import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { createApi } from '../../src/api/create-api.ts';
import { ENDPOINTS } from '../../src/api/endpoints/index.ts';
import { AppError } from '../../src/domain/error.ts';
import { type RecordStore, SCOPES, type Scope } from '../../src/domain/record-store.ts';
import { remade, UPGRADE, useApi } from './api-fixture.ts';

/** Who may do what. A route that is not in this table fails the test. */
const SCOPE_OF: Readonly<Record<string, Scope | null>> = {
  'GET /openapi.json': null,
  'GET /docs': null,
  'POST /api/v1/upgrades': 'analyse',
  'GET /api/v1/upgrades': 'read',
  'GET /api/v1/upgrades/:name': 'read',
  'DELETE /api/v1/upgrades/:name': 'analyse',
  'GET /api/v1/upgrades/:name/report': 'read',
  'GET /api/v1/upgrades/:name/gate': 'read',
  'GET /api/v1/upgrades/:name/events': 'read',
  'POST /api/v1/changes': 'analyse',
  'GET /api/v1/changes': 'read',
  'PUT /api/v1/slos/:name': 'analyse',
  'GET /api/v1/slos/:name': 'read',
  'DELETE /api/v1/slos/:name': 'analyse',
  'GET /api/v1/slos': 'read',
  'GET /api/v1/cells': 'read',
  'POST /api/v1/tokens': 'admin',
  'GET /api/v1/tokens': 'admin',
  'DELETE /api/v1/tokens/:id': 'admin',
};

describe('who may do what', () => {
  const api = useApi();
  const served = (): string[] =>
    createApi(api.services)
      .routes.filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path}`);

  it('is decided for every route', () => {
    expect([...new Set(served())].sort()).toEqual(Object.keys(SCOPE_OF).sort());
  });

  it('is the table, for every route and every kind of token', async () => {
    const app = remade(api, { anonymousTenant: null });
    const statusOf = async (route: string, headers: Record<string, string>): Promise<number> => {
      const [method = '', path = ''] = route.split(' ');
      const answer = await app.request(`http://127.0.0.1:4318${path.replaceAll(/:\w+/g, 'x')}`, { method, headers });
      if (answer.status === 401) expect(answer.headers.get('WWW-Authenticate')).toMatch(/^Bearer realm="postflight"/);
      await answer.body?.cancel();
      return answer.status;
    };
    const tokens = new Map<Scope, string>();
    for (const scope of SCOPES) tokens.set(scope, await api.token([scope]));
    const none = await api.token([]);
    const revoked = await api.token(['admin']);
    const [last] = (await api.records.tokens()).slice(-1);
    const revokedId = revoked.split('_')[1]!;
    expect(last).toBeDefined();
    await api.records.revokeToken(revokedId, api.nowMs);

    let checked = 0;
    for (const [route, needed] of Object.entries(SCOPE_OF)) {
      const refused = [
        {},
        { Authorization: 'Bearer' },
        { Authorization: `Bearer ${'a'.repeat(300)}` },
        { Authorization: 'Bearer pf_0000000000000000_unknown' },
        { Authorization: `Basic ${tokens.get('admin')}` },
        { Authorization: `Bearer ${tokens.get('admin')}x` },
        { Authorization: `Bearer ${revoked}` },
      ];
      for (const headers of refused) {
        const status = await statusOf(route, headers as Record<string, string>);
        expect([route, headers, status]).toEqual([route, headers, needed === null ? 200 : 401]);
        checked += 1;
      }
      for (const [scope, token] of [...tokens, [null, none] as const]) {
        const status = await statusOf(route, { Authorization: `Bearer ${token}` });
        const isAllowed = needed === null || scope === needed || scope === 'admin';
        if (isAllowed) expect([401, 403, 500, 503], `${route} with ${scope}`).not.toContain(status);
        else expect([route, scope, status]).toEqual([route, scope, 403]);
        checked += 1;
      }
    }
    expect(checked).toBe(Object.keys(SCOPE_OF).length * (7 + SCOPES.length + 1));
    expect(api.troubles).toEqual([]);
  });

  it('needs a token for every operation the document of the API has', () => {
    for (const { method, path, scope } of ENDPOINTS) {
      const route = `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`;
      expect([route, SCOPE_OF[route]]).toEqual([route, scope]);
    }
  });

  it('lets anyone in on loopback without a token, as the default tenant, but no page of another site', async () => {
    const list = '/api/v1/upgrades';
    expect((await api.ask('GET', list)).status).toBe(200);
    for (const headers of [
      { Host: 'localhost:4318' },
      { Host: '[::1]:4318' },
      { Host: '127.0.0.1:4318', Origin: 'http://127.0.0.1:4318' },
    ]) {
      expect((await api.ask('GET', list, { headers })).status).toBe(200);
    }
    for (const headers of [
      { Host: 'evil.example' },
      { Host: '127.0.0.1.nip.io:4318' },
      { Host: 'localhost:4318', Origin: 'http://evil.example' },
      { Host: 'localhost:4318', Origin: 'null' },
      { Host: 'localhost:4318', Origin: 'http://localhost:3000' },
    ]) {
      expect((await api.ask('GET', list, { headers })).status).toBe(403);
    }
    const token = await api.token(['read']);
    expect((await api.ask('GET', list, { token, headers: { Host: 'postflight.example' } })).status).toBe(200);
    expect((await api.ask('GET', list, { token: 'pf_wrong' })).status).toBe(401);
  });

  it('shows the tenant of the token and no other, whatever the request says', async () => {
    const [ours, theirs] = [await api.token(['admin'], 'ours'), await api.token(['admin'], 'theirs')];
    const headers = { 'Content-Type': 'application/yaml', 'X-Scope-OrgID': 'ours', 'X-Tenant': 'ours' };
    await api.ask('POST', '/api/v1/upgrades', { token: theirs, body: UPGRADE, headers });
    await api.ask('PUT', '/api/v1/slos/orders', { token: theirs, body: SLO, headers });
    const change = '{ id: b, kind: flag, flag: b, at: 2026-11-20T02:40:00Z }';
    await api.ask('POST', '/api/v1/changes', { token: theirs, body: change, headers });
    await api.report('regressed', { tenant: 'theirs' });
    const upgrade = '/api/v1/upgrades/dten-4.2.0';
    for (const path of [upgrade, `${upgrade}/report`, `${upgrade}/gate`, `${upgrade}/events`, '/api/v1/slos/orders']) {
      expect((await api.ask('GET', path, { token: ours })).status, path).toBe(404);
      expect([400, 404]).toContain((await api.ask('GET', `${path}?tenant=theirs`, { token: ours })).status);
    }
    for (const path of ['/api/v1/upgrades', '/api/v1/slos', '/api/v1/changes?from=2026-11-20T00:00:00Z']) {
      const answer = JSON.stringify(await (await api.ask('GET', path, { token: ours })).json());
      expect(answer).not.toMatch(/dten|orders|flag/);
      expect(JSON.stringify(await (await api.ask('GET', path, { token: theirs })).json())).toMatch(/dten|orders|flag/);
    }
    await api.ask('GET', '/api/v1/cells', { token: ours });
    expect(api.cellQueries.map(({ tenant }) => tenant)).toEqual(['ours']);
  });

  it('answers a tenant the same whether another one is there or not, whatever it guesses', async () => {
    const ours = await api.token(['admin'], 'ours');
    const theirs = await api.token(['admin'], 'theirs');
    const guesses = ['dten-4.2.0', 'orders', 'theirs', theirs.split('_')[1]!, '%00', '..%2F..', "'%20OR%201=1"];
    const queries = ['', '?limit=1', '?revision=1', '?tenant=theirs', `?cursor=${cursor([api.nowMs + 1, 'zzz'])}`];
    const paths = Object.keys(SCOPE_OF)
      .filter((route) => !route.startsWith('POST'))
      .flatMap((route) => guesses.map((guess) => route.replace(/:\w+/, guess)))
      .flatMap((route) => queries.map((query) => `${route}${query}`));
    const view = async (): Promise<string[]> => {
      const seen: string[] = [];
      for (const path of new Set(paths)) {
        const [method = '', address = ''] = path.split(' ');
        const answer = await api.ask(method, address, { token: ours, headers: { 'X-Request-Id': 'same' } });
        seen.push(`${path} ${answer.status} ${await answer.text()}`);
      }
      return seen;
    };
    const alone = await view();
    const headers = { 'Content-Type': 'application/yaml' };
    await api.ask('POST', '/api/v1/upgrades', { token: theirs, body: UPGRADE, headers });
    await api.ask('PUT', '/api/v1/slos/orders', { token: theirs, body: SLO, headers });
    await api.report('regressed', { tenant: 'theirs' });
    expect(await view()).toEqual(alone);
    expect(alone.length).toBeGreaterThan(100);
  });

  it('does the same work for every token that is not valid: one look-up, by a hash that nobody can aim', async () => {
    const secret = await api.token(['admin']);
    const id = secret.split('_')[1]!;
    const revoked = await api.token(['admin']);
    await api.records.revokeToken(revoked.split('_')[1]!, api.nowMs);
    const asked: [string, unknown[]][] = [];
    const records = new Proxy(api.records, {
      get: (target, name: keyof RecordStore) => {
        return (...given: never[]) => {
          asked.push([name, given]);
          return (target[name] as (...given: never[]) => unknown)(...given);
        };
      },
    });
    const app = remade(api, { records, anonymousTenant: null });
    const wrong = secret.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const bodies: string[] = [];
    for (const token of ['pf_0000000000000000_unknown', `pf_${id}_guess`, wrong, revoked, 'x']) {
      asked.length = 0;
      const headers = { Authorization: `Bearer ${token}`, 'X-Request-Id': 'same' };
      const answer = await app.request('http://127.0.0.1:4318/api/v1/slos', { headers });
      bodies.push(`${answer.status} ${await answer.text()}`);
      expect(asked).toEqual([['tokenByHash', [createHash('sha256').update(token).digest('hex')]]]);
    }
    expect(new Set(bodies).size).toBe(1);
  });

  it('tells nobody unknown where the records are kept', async () => {
    const away = async () => {
      throw new AppError('unavailable', 'the record store does not answer: connect ECONNREFUSED 10.0.0.7:5432');
    };
    const app = remade(api, { records: { ...api.records, tokenByHash: away }, anonymousTenant: null });
    const answer = await app.request('/api/v1/slos', { headers: { Authorization: 'Bearer x' } });
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '5']);
    expect(await answer.text()).not.toContain('10.0.0.7');
  });

  it('guards the routes of others by the same rule, and keeps its errors when it is mounted', async () => {
    const app = new Hono().route('/', remade(api, { anonymousTenant: null }));
    const answer = await app.request('/api/v1/upgrades');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
  });
});

function cursor(key: unknown): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

const SLO = `apiVersion: openslo/v1
kind: SLO
metadata: { name: orders }
spec:
  service: gateway
  budgetingMethod: Occurrences
  indicator:
    metadata: { name: orders-ok }
    spec:
      ratioMetric:
        good: { metricSource: { type: Prometheus, spec: { query: "a" } } }
        total: { metricSource: { type: Prometheus, spec: { query: "b" } } }
  timeWindow: [{ duration: 28d, isRolling: true }]
  objectives: [{ target: 0.99 }]
`;

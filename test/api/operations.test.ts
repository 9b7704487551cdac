import { describe, expect, it } from 'vitest';
import { createApi } from '../../src/api/create-api.ts';
import { ENDPOINTS } from '../../src/api/endpoints/index.ts';
import { AppError } from '../../src/domain/error.ts';
import { HTTP_STATUS } from '../../src/ingest/routes/http-status.ts';
import { cellKey } from '../support/simulated-cells.ts';
import { remade, START_MS, UPGRADE, useApi } from './api-fixture.ts';

describe('tokens', () => {
  const api = useApi();
  const create = (body: unknown, token?: string) =>
    api.ask('POST', '/api/v1/tokens', {
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' },
      ...(token === undefined ? {} : { token }),
    });

  it('are shown once, kept as a hash, and end when they are revoked', async () => {
    const answer = await create({ name: 'ci', scopes: ['read', 'read'] });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
    const made = (await answer.json()) as { id: string; token: string };
    expect(made).toMatchObject({ tenant: 'default', scopes: ['read'], revoked: null });
    expect(made.token).toMatch(new RegExp(`^pf_${made.id}_[\\w-]{43}$`));
    expect((await api.ask('GET', '/api/v1/upgrades', { token: made.token })).status).toBe(200);

    const listed = await (await api.ask('GET', '/api/v1/tokens')).text();
    expect(listed).toContain(made.id);
    expect(listed).not.toContain(made.token);
    expect(listed).not.toContain('hash');
    const [stored] = await api.records.tokens();
    expect(JSON.stringify(stored)).not.toContain(made.token.slice(`pf_${made.id}_`.length));

    expect((await api.ask('DELETE', `/api/v1/tokens/${made.id}`)).status).toBe(204);
    expect((await api.ask('GET', '/api/v1/upgrades', { token: made.token })).status).toBe(401);
    expect((await api.ask('DELETE', '/api/v1/tokens/none')).status).toBe(404);
  });

  it('of other tenants are made and seen by administrators of the first tenant alone', async () => {
    const theirs = await api.token(['admin'], 'theirs');
    expect((await create({ name: 'x', scopes: ['admin'], tenant: 'ours' }, theirs)).status).toBe(403);
    expect((await create({ name: 'x', scopes: ['admin'], tenant: 'default' }, theirs)).status).toBe(403);
    const made = await create({ name: 'x', scopes: ['read'], tenant: 'ours' });
    const { id } = (await made.json()) as { id: string };
    expect(await (await api.ask('GET', '/api/v1/tokens', { token: theirs })).text()).not.toContain(id);
    expect((await api.ask('DELETE', `/api/v1/tokens/${id}`, { token: theirs })).status).toBe(404);
    expect((await api.ask('DELETE', `/api/v1/tokens/${id}`)).status).toBe(204);
  });

  it('are refused where the request is not one', async () => {
    for (const body of [null, [], {}, { name: 'x' }, { name: 'x', scopes: [] }, { name: 'x', scopes: ['root'] }]) {
      expect([body, (await create(body)).status]).toEqual([body, 400]);
    }
    expect((await create({ name: 'x', scopes: ['read'], tenant: '../x' })).status).toBe(400);
    expect((await create({ name: 'x', scopes: ['read'], extra: 1 })).status).toBe(400);
  });
});

describe('SLOs', () => {
  const api = useApi();

  it('are stored under a name, read back as they were sent, and refused where they are wrong', async () => {
    const headers = { 'Content-Type': 'application/yaml' };
    const document = 'apiVersion: openslo/v1\nkind: DataSource\nmetadata: { name: a }\nspec: { type: x }\n';
    const put = await api.ask('PUT', '/api/v1/slos/or%2Fders', { body: document, headers });
    expect(await put.json()).toMatchObject({ name: 'or/ders', self: '/api/v1/slos/or%2Fders', document });
    expect(await (await api.ask('GET', '/api/v1/slos/or%2Fders')).json()).toMatchObject({ document });
    expect(await (await api.ask('GET', '/api/v1/slos')).json()).toMatchObject({ slos: [{ name: 'or/ders' }] });
    expect((await api.ask('GET', '/api/v1/slos/other')).status).toBe(404);
    const wrong = await api.ask('PUT', '/api/v1/slos/x', { body: 'kind: SLA', headers });
    expect(await wrong.json()).toMatchObject({ code: 'document', status: 400 });
  });
});

describe('cells', () => {
  const api = useApi();
  const HOSTILE = ['=1+1', '@SUM(A1)', '+cmd', '-2', '\tx', 'a "quoted", b', 'line\nbreak', '<script>', '__proto__'];
  const fill = () => {
    const series = HOSTILE.map((service, index) => ({
      key: cellKey({ service, instance: null, attributes: new Map([['feature_flag.a', service]]) }),
      measure: '',
      block: Int32Array.of(START_MS / 60_000 - 2, START_MS / 60_000 - 1),
      count: Float64Array.of(10, 20 + index),
      sum: Float64Array.of(1.5, Number.NaN),
      errors: Float64Array.of(0, 1),
      attempts: null,
      retries: null,
      histogram: {
        layouts: [{ kind: 'explicit' as const, bounds: Float64Array.of(0.1, 1) }],
        layoutOfRow: Int32Array.of(0, -1),
        firstCount: Int32Array.of(0, 3, 3),
        offsetOfRow: Int32Array.of(0, 0),
        counts: Float64Array.of(7, 2, 1),
      },
    }));
    api.cells = { resolutionMs: 60_000, series, calls: [], evaluations: [] };
  };

  it('have the shape of the contract, and null for what is not known', async () => {
    fill();
    const answer = await api.ask('GET', '/api/v1/cells?service=%3D1%2B1');
    expect(await answer.json()).toEqual({
      cells: [
        {
          service: '=1+1',
          endpoint: 'POST /orders',
          peer: null,
          instance: null,
          version: '4.1.9',
          flags: { 'feature_flag.a': '=1+1' },
          source: 'spans',
          start: '2026-11-20T02:58:00Z',
          seconds: 60,
          requests: 10,
          errors: 0,
          attempts: null,
          retries: null,
          sum: 1.5,
          buckets: { bounds: [0.1, 1], counts: [7, 2, 1] },
        },
        expect.objectContaining({ start: '2026-11-20T02:59:00Z', requests: 20, sum: null, buckets: null }),
      ],
      next: null,
    });
    expect(api.cellQueries).toEqual([
      {
        tenant: 'default',
        service: '=1+1',
        endpoint: null,
        window: { startMs: START_MS - 3_600_000, endMs: START_MS },
        after: null,
        limit: 1_000,
      },
    ]);
  });

  it('come page by page, each once, also as CSV', async () => {
    fill();
    for (const accept of ['application/json', 'text/csv']) {
      const seen: string[] = [];
      for (let path = '/api/v1/cells?limit=5'; path !== ''; ) {
        const answer = await api.ask('GET', path, { headers: { Accept: accept } });
        const text = await answer.text();
        const rows = accept === 'text/csv' ? csvRows(text).slice(1) : JSON.parse(text).cells;
        seen.push(...rows.map((row: Record<string, string> | string[]) => JSON.stringify(row)));
        path = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('Link') ?? '')?.[1] ?? '';
      }
      expect(seen).toHaveLength(18);
      expect(new Set(seen).size).toBe(18);
    }
  });

  it('are of the same stretch of time on each page, whatever time it is by then', async () => {
    fill();
    const first = await api.ask('GET', '/api/v1/cells?limit=5');
    api.nowMs += 60_000;
    await api.ask('GET', /<([^>]+)>/.exec(first.headers.get('Link') ?? '')![1]!);
    expect(api.cellQueries.map(({ window }) => window)).toEqual(
      Array(2).fill({ startMs: START_MS - 3_600_000, endMs: START_MS }),
    );
    expect(api.cellQueries[1]!.after).not.toBeNull();
  });

  it('are nothing that a spreadsheet would run', async () => {
    fill();
    const answer = await api.ask('GET', '/api/v1/cells', { headers: { Accept: 'text/csv' } });
    expect(answer.headers.get('Content-Disposition')).toContain('attachment');
    const rows = csvRows(await answer.text());
    for (const fields of rows) for (const field of fields) expect(field).not.toMatch(/^[=+\-@\t\r]/);
    const services = new Set(rows.slice(1).map((fields) => fields[0]!.replace(/^'/, '')));
    expect([...services].sort()).toEqual([...HOSTILE].sort());
    expect(rows[0]!.slice(0, 3)).toEqual(['service', 'endpoint', 'peer']);
  });

  it('refuse a range that is none, or too long', async () => {
    const ALL_OF_TIME = Buffer.from(JSON.stringify([0, START_MS, 0, ''])).toString('base64url');
    for (const query of [
      'from=x',
      'to=2026-13-01T00:00:00Z',
      'from=2026-11-01T00:00:00Z',
      'cursor=x',
      `cursor=${ALL_OF_TIME}`,
      'limit=0',
    ]) {
      expect([query, (await api.ask('GET', `/api/v1/cells?${query}`)).status]).toEqual([query, 400]);
    }
  });
});

/** RFC 4180, read independently of what writes it. */
function csvRows(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const match of text.matchAll(/("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n|$)/g)) {
    const field = match[1]!;
    rows.at(-1)!.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (match[2] === '\r\n') rows.push([]);
    if (match[2] === '') break;
  }
  return rows.filter((fields) => fields.length > 1);
}

describe('problems', () => {
  const api = useApi();

  it('have one status each, a title on the page that explains them, and the identifier of the request', async () => {
    const page = await (await api.ask('GET', '/docs')).text();
    for (const [code, status] of Object.entries(HTTP_STATUS)) {
      const app = remade(api, {
        cells: () =>
          Promise.reject(new AppError(code as keyof typeof HTTP_STATUS, 'message of it', { place: 'there' })),
      });
      const answer = await app.request('http://127.0.0.1/api/v1/cells', { headers: { 'X-Request-Id': 'abc-1' } });
      expect([code, answer.status]).toEqual([code, status]);
      expect(answer.headers.get('X-Request-Id')).toBe('abc-1');
      expect(answer.headers.get('Retry-After') !== null).toBe(status === 503 || status === 429);
      expect(await answer.json()).toMatchObject({ code, status, requestId: 'abc-1', type: `/docs#problem-${code}` });
      expect(page).toContain(`id="problem-${code}"`);
    }
  });

  it('tell nothing of what failed inside, which goes to the log', async () => {
    const app = remade(api, { cells: () => Promise.reject(new Error('password=hunter2')) });
    const answer = await app.request('http://127.0.0.1/api/v1/cells', { headers: { 'X-Request-Id': 'x\u007f<>' } });
    expect(answer.status).toBe(500);
    const text = await answer.text();
    expect(text).not.toContain('hunter2');
    expect(api.troubles).toMatchObject([{ path: '/api/v1/cells', error: { message: 'password=hunter2' } }]);
    expect(api.troubles[0]!.requestId).not.toContain('<');
  });

  it('quote hostile text as JSON', async () => {
    const body = UPGRADE.replace('binary', '"</script>\\e[2J\\r\\n"');
    const answer = await api.ask('POST', '/api/v1/upgrades', { body, headers: { 'Content-Type': 'application/yaml' } });
    expect(answer.status).toBe(400);
    const text = await answer.text();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(text).not.toMatch(/[\u0000-\u001f]/);
  });
});

describe('the document of the API', () => {
  const api = useApi();

  it('is OpenAPI 3.1, served as it is checked in (npx vitest run test/api/operations.test.ts -u writes it)', async () => {
    const document = (await (await api.ask('GET', '/openapi.json')).json()) as { openapi: string };
    expect(document.openapi).toBe('3.1.0');
    await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot('../../docs/openapi.json');
  });

  it('has every operation that is served, and no other', async () => {
    const { paths } = (await (await api.ask('GET', '/openapi.json')).json()) as { paths: Record<string, object> };
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    const served = createApi(api.services)
      .routes.filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api/'))
      .map(({ method, path }) => `${method} ${path}`);
    expect(described.sort()).toEqual([...new Set(served)].sort());
  });

  it('is also a page that loads nothing and runs nothing', async () => {
    const answer = await api.ask('GET', '/docs');
    expect(answer.headers.get('Content-Type')).toContain('text/html');
    const page = await answer.text();
    expect(page).not.toMatch(/<script|src=|https?:\/\//);
    for (const { path } of ENDPOINTS) expect(page).toContain(path);
  });
});

import { describe, expect, it } from 'vitest';
import { UPGRADE, useApi } from './api-fixture.ts';

const YAML = { 'Content-Type': 'application/yaml' };
const SLO = 'apiVersion: openslo/v1\nkind: DataSource\nmetadata: { name: a }\nspec: { type: x }\n';
const NAME = '/api/v1/upgrades/dten-4.2.0';

describe('what is removed', () => {
  const api = useApi();
  const put = async () => {
    await api.ask('POST', '/api/v1/upgrades', { body: UPGRADE, headers: YAML });
    await api.ask('PUT', '/api/v1/slos/orders', { body: SLO, headers: YAML });
  };

  it('of an upgrade is all of it, with its reports, and it may be registered again', async () => {
    await put();
    await api.report('regressed');
    expect((await api.ask('DELETE', NAME)).status).toBe(204);
    for (const path of ['', '/report', '/gate', '/events', '/report?revision=1']) {
      expect([path, (await api.ask('GET', `${NAME}${path}`)).status]).toEqual([path, 404]);
    }
    expect((await api.ask('DELETE', NAME)).status).toBe(404);
    expect((await api.ask('POST', '/api/v1/upgrades', { body: UPGRADE, headers: YAML })).status).toBe(201);
    expect((await api.ask('GET', `${NAME}/report`)).status).toBe(202);
  });

  it('while it is analysed gets no report any more', async () => {
    await put();
    const [claim] = await api.records.claimDue('test', api.nowMs, 60_000, 1);
    await api.ask('DELETE', NAME);
    const report = { madeMs: api.nowMs, verdict: 'regressed', digest: '', isFinal: false, document: '{}' } as const;
    expect(await api.records.settle(claim!, { report, nextDueMs: null })).toBe(false);
    expect((await api.ask('GET', `${NAME}/report`)).status).toBe(404);
  });

  it('of SLOs is one of them, and nothing of other tenants', async () => {
    await put();
    const theirs = await api.token(['admin'], 'theirs');
    for (const path of [NAME, '/api/v1/slos/orders']) {
      expect((await api.ask('DELETE', path, { token: theirs })).status).toBe(404);
      expect((await api.ask('GET', path)).status).toBe(200);
    }
    expect((await api.ask('DELETE', '/api/v1/slos/orders')).status).toBe(204);
    expect((await api.ask('GET', '/api/v1/slos/orders')).status).toBe(404);
    expect((await api.ask('DELETE', '/api/v1/slos/orders')).status).toBe(404);
  });
});

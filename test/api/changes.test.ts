import { describe, expect, it } from 'vitest';
import { useApi } from './api-fixture.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const FLAG = { id: 'backoff.v2', kind: 'flag', flag: 'backoff.v2', from: 'off', to: 'on', at: '2026-11-20T02:40:00Z' };

describe('changes', () => {
  const api = useApi();
  const announce = (body: unknown, headers: Record<string, string> = JSON_TYPE) =>
    api.ask('POST', '/api/v1/changes', { body: typeof body === 'string' ? body : JSON.stringify(body), headers });
  const list = async (query = '') =>
    ((await (await api.ask('GET', `/api/v1/changes${query}`)).json()) as { changes: Record<string, unknown>[] })
      .changes;

  it('are announced as an entry of spec.changes with its time, and are one however often they come', async () => {
    const first = await announce(FLAG);
    expect(first.status).toBe(201);
    expect(await first.json()).toEqual({ format: 'postflight', changes: 1, new: 1 });
    api.nowMs += 60_000;
    const again = await announce(FLAG);
    expect([again.status, await again.json()]).toEqual([200, { format: 'postflight', changes: 1, new: 0 }]);
    expect(await list()).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{64}$/),
        at: '2026-11-20T02:40:00Z',
        received: '2026-11-20T03:00:00Z',
        source: 'postflight',
        change: FLAG,
      },
    ]);
    expect((await announce({ ...FLAG, at: '2026-11-20T02:50:00Z' })).status).toBe(201);
  });

  it('come as one, as a list, under changes, or as YAML', async () => {
    expect(await (await announce([FLAG, { ...FLAG, id: 'b' }])).json()).toMatchObject({ changes: 2, new: 2 });
    expect(await (await announce({ changes: [{ ...FLAG, id: 'c' }] })).json()).toMatchObject({ changes: 1, new: 1 });
    const yaml = '{ id: d, kind: config, key: pool.size, to: 010, at: 2026-11-20T02:40:00+01:00 }';
    expect((await announce(yaml, { 'Content-Type': 'application/yaml' })).status).toBe(201);
    const stored = (await list()).find(({ change }) => (change as { id: string }).id === 'd');
    expect(stored).toMatchObject({ at: '2026-11-20T01:40:00Z', change: { to: '010' } });
    expect(await (await announce([])).json()).toMatchObject({ changes: 0, new: 0 });
  });

  it('are refused with everything that is wrong, by pointer', async () => {
    const { at: _, ...timeless } = FLAG;
    const answer = await announce([timeless, { ...FLAG, kind: 'flagg' }, { ...FLAG, when: 'now' }]);
    expect(answer.status).toBe(400);
    const { errors } = (await answer.json()) as { errors: { pointer: string; remedy: string }[] };
    expect(errors.map(({ pointer }) => pointer)).toEqual(['#/0/at', '#/1/kind', '#/2/when']);
    expect(await list()).toEqual([]);
    for (const body of ['', '5', '"text"', '[[]]', 'null', '{"changes":{}}', '{"__proto__":{"id":"x"}}']) {
      expect([body, (await announce(body)).status]).toEqual([body, 400]);
    }
    expect((await announce('{', JSON_TYPE)).status).toBe(400);
    expect((await announce(FLAG, { 'Content-Type': 'text/html' })).status).toBe(415);
  });

  it('are listed by time, of the last week or of what the query says', async () => {
    await announce([
      { ...FLAG, id: 'old', at: '2026-11-01T00:00:00Z' },
      { ...FLAG, id: 'late', at: '2026-11-20T02:59:00Z' },
      { ...FLAG, id: 'early', at: '2026-11-19T00:00:00Z' },
    ]);
    const ids = async (query: string) => (await list(query)).map(({ change }) => (change as { id: string }).id);
    expect(await ids('')).toEqual(['early', 'late']);
    expect(await ids('?from=2026-10-25T00:00:00Z&to=2026-11-19T00:00:00Z')).toEqual(['old']);
    for (const query of ['?from=yesterday', '?from=2026-11-20T05:00:00Z', '?from=2020-01-01T00:00:00Z']) {
      expect((await api.ask('GET', `/api/v1/changes${query}`)).status).toBe(400);
    }
  });

  it('come from CDEvents, whatever carries them', async () => {
    const event = (id: string) => ({
      context: {
        version: '0.5.0',
        specversion: '0.5.0',
        id,
        source: '/ci/production',
        type: 'dev.cdevents.service.upgraded.0.3.0',
        timestamp: '2026-11-20T02:10:00Z',
      },
      subject: {
        id: 'shop/gateway',
        source: '/ci/production',
        type: 'service',
        content: { environment: { id: 'production' }, artifactId: 'pkg:oci/gateway@4.2.0?repository_url=example.com' },
      },
    });
    const carried = (id: string) => ({
      specversion: '1.0',
      id,
      source: '/ci',
      type: 'dev.cdevents.x',
      data: event(id),
    });
    expect(await (await announce(event('1'))).json()).toEqual({ format: 'cdevents', changes: 1, new: 1 });
    expect(await (await announce(event('1'))).json()).toMatchObject({ new: 0 });
    const structured = await announce(carried('1'), { 'Content-Type': 'application/cloudevents+json' });
    expect(await structured.json()).toEqual({ format: 'cdevents', changes: 1, new: 0 });
    const batch = [carried('1'), carried('2')];
    const batched = await announce(batch, { 'Content-Type': 'application/cloudevents-batch+json' });
    expect(await batched.json()).toEqual({ format: 'cdevents', changes: 2, new: 1 });
    const binary = await announce(event('3'), { ...JSON_TYPE, 'ce-type': 'dev.cdevents.service.upgraded.0.3.0' });
    expect(await binary.json()).toMatchObject({ format: 'cdevents', new: 1 });
    expect((await list())[0]).toMatchObject({
      at: '2026-11-20T02:10:00Z',
      source: 'cdevents',
      change: { id: 'gateway-4.2.0', kind: 'binary', service: 'gateway', to: '4.2.0' },
    });
    const other = structuredClone(event('4'));
    other.context.type = 'dev.cdevents.artifact.published.0.2.0';
    expect(await (await announce(other)).json()).toMatchObject({ format: 'cdevents', changes: 0 });
    const broken = structuredClone(event('5')) as { subject: { id?: string } };
    delete broken.subject.id;
    expect(await (await announce(broken)).json()).toMatchObject({ code: 'malformed', place: '/subject/id' });
  });

  it('come from GitHub, once a deployment succeeded', async () => {
    const event = {
      action: 'created',
      deployment_status: { id: 7, state: 'success', created_at: '2026-11-20T02:12:00Z' },
      deployment: { id: 3, sha: 'a84d88e7554fc1fa21bcbc4efae3c782a70d2b9d', ref: 'v4.2.0', environment: 'production' },
      repository: { name: 'gateway', full_name: 'shop/gateway' },
    };
    expect(await (await announce(event)).json()).toEqual({ format: 'github', changes: 1, new: 1 });
    expect((await list())[0]).toMatchObject({ change: { kind: 'binary', service: 'gateway', to: 'v4.2.0' } });
    const begun = { ...event, deployment_status: { ...event.deployment_status, state: 'in_progress' } };
    expect(await (await announce(begun)).json()).toMatchObject({ changes: 0 });
    const ping = await announce({ zen: 'Keep it logically awesome.' }, { ...JSON_TYPE, 'X-GitHub-Event': 'ping' });
    expect([ping.status, await ping.json()]).toEqual([200, { format: 'github', changes: 0, new: 0 }]);
  });

  it('come from GitHub by their commit where a branch is deployed, which is no version', async () => {
    const deployed = (id: number, sha: string) => ({
      deployment_status: { id, state: 'success', created_at: `2026-11-20T02:1${id}:00Z` },
      deployment: { id: 3, sha, ref: 'main' },
      repository: { name: 'gateway', full_name: 'shop/gateway' },
    });
    await announce(deployed(1, 'a84d88e'));
    await announce(deployed(2, 'b0c1d2e'));
    expect((await list()).map(({ change }) => (change as { id: string }).id)).toEqual([
      'gateway-a84d88e',
      'gateway-b0c1d2e',
    ]);
  });

  it('come from flag services', async () => {
    const launchdarkly = {
      _id: '57c1a6e0',
      kind: 'flag',
      name: 'Backoff, second try',
      date: Date.parse('2026-11-20T02:40:00Z'),
      accesses: [{ action: 'updateOn', resource: 'proj/default:env/production:flag/backoff.v2' }],
      titleVerb: 'turned on the flag',
    };
    expect(await (await announce(launchdarkly)).json()).toMatchObject({ format: 'launchdarkly', new: 1 });
    expect((await announce({ ...launchdarkly, date: 1e300 })).status).toBe(400);
    const unleash = {
      id: 32,
      type: 'feature-environment-disabled',
      createdAt: '2026-11-20T02:41:00.123Z',
      featureName: 'search.v3',
      environment: 'production',
    };
    expect(await (await announce(unleash)).json()).toMatchObject({ format: 'unleash', new: 1 });
    expect(await (await announce({ ...unleash, id: 33, type: 'feature-tagged' })).json()).toMatchObject({ changes: 0 });
    expect(await (await announce({ ...launchdarkly, kind: 'segment' })).json()).toMatchObject({ changes: 0 });
    const growthbook = {
      event: 'feature.updated',
      api_version: '2024-07-31',
      created: Date.parse('2026-11-20T02:42:00Z'),
      environments: ['production'],
      data: {
        object: { id: 'cart.v4', environments: { production: { enabled: true }, dev: { enabled: false } } },
        previous_attributes: { environments: { production: { enabled: false } } },
      },
    };
    expect(await (await announce(growthbook)).json()).toMatchObject({ format: 'growthbook', new: 1 });
    for (const other of [{ event: 'webhook.test' }, { event: 'feature.revision.published' }, { environments: [] }]) {
      expect(await (await announce({ ...growthbook, ...other })).json()).toMatchObject({ changes: 0 });
    }
    expect((await list()).map(({ at, change }) => [at, change])).toEqual([
      ['2026-11-20T02:40:00Z', expect.objectContaining({ kind: 'flag', flag: 'backoff.v2', to: 'on' })],
      ['2026-11-20T02:41:00.123Z', expect.objectContaining({ kind: 'flag', flag: 'search.v3', to: 'off' })],
      ['2026-11-20T02:42:00Z', expect.objectContaining({ kind: 'flag', flag: 'cart.v4', from: 'off', to: 'on' })],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { readFixtureReport } from '../rendering/fixture-reports.ts';
import { remade, reportText, UPGRADE, useApi } from './api-fixture.ts';

const BASE = '/api/v1/upgrades/dten-4.2.0';

describe('the report of an upgrade', () => {
  const api = useApi();
  const register = (body = UPGRADE) =>
    api.ask('POST', '/api/v1/upgrades', { body, headers: { 'Content-Type': 'application/yaml' } });
  const read = (accept = '*/*', query = '', headers: Record<string, string> = {}) =>
    api.ask('GET', `${BASE}/report${query}`, { headers: { Accept: accept, ...headers } });

  it('is promised until there is one', async () => {
    await register();
    const answer = await read('text/html');
    expect(answer.status).toBe(202);
    expect(answer.headers.get('Retry-After')).toBe('5');
    expect(answer.headers.get('Location')).toBe(`${BASE}/report`);
    const [claim] = await api.records.claimDue('test', api.nowMs, 1, 1);
    await api.records.release(claim!, api.nowMs, 'the engine is down');
    expect(await (await read()).json()).toEqual({
      status: 'pending',
      upgrade: 'dten-4.2.0',
      trouble: 'the engine is down',
    });
  });

  it('is what was stored, byte for byte, as JSON', async () => {
    await register();
    await api.report('regressed');
    const answer = await read();
    expect(answer.headers.get('Content-Type')).toBe('application/json; charset=utf-8');
    expect(await answer.text()).toBe(reportText('dten-4.2.0', { verdict: 'regressed' }));
  });

  it('is chosen by Accept as a reader would have it', async () => {
    await register();
    await api.report('regressed');
    for (const [accept, type] of [
      ['', 'application/json'],
      ['*/*', 'application/json'],
      ['application/json', 'application/json'],
      ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
      ['text/markdown', 'text/markdown'],
      ['text/markdown;q=0.1, text/html;q=0.9', 'text/html'],
      ['application/pdf', 'application/json'],
      ['garbage;;q=,', 'application/json'],
    ] as const) {
      const answer = await read(accept);
      expect([accept, answer.headers.get('Content-Type')?.split(';')[0]]).toEqual([accept, type]);
      expect(answer.headers.get('Vary')).toContain('Accept');
    }
    expect(await (await read('text/html')).text()).toMatch(/^<!doctype html>/);
    expect(await (await read('text/markdown')).text()).toContain('dten-4.2.0');
  });

  it('has a tag of its own for each revision and form, and is not sent again to who has it', async () => {
    await register();
    await api.report('cannot-tell');
    const [json, page] = [await read(), await read('text/html')];
    const tag = json.headers.get('ETag')!;
    expect(tag).toMatch(/^"1-[0-9a-f]{16}-json"$/);
    expect(page.headers.get('ETag')).not.toBe(tag);
    for (const header of [tag, `"other", ${tag}`, `W/${tag}`, '*']) {
      const answer = await read('*/*', '', { 'If-None-Match': header });
      expect([header, answer.status, await answer.text()]).toEqual([header, 304, '']);
    }
    await api.report('regressed');
    const changed = await read('*/*', '', { 'If-None-Match': tag });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('Cache-Control')).toBe('private, no-cache');
    const pinned = await read('*/*', '?revision=1');
    expect(pinned.headers.get('ETag')).toBe(tag);
    expect(pinned.headers.get('Cache-Control')).toContain('immutable');
    expect((await read('*/*', '?revision=3')).status).toBe(404);
    expect((await read('*/*', '?revision=x')).status).toBe(400);
  });

  it('shows hostile text as text, on a page that may run nothing', async () => {
    await register();
    const hostile = readFixtureReport('hostile');
    await api.report(hostile.verdict, { document: JSON.stringify(hostile) });
    const answer = await read('text/html');
    const policy = answer.headers.get('Content-Security-Policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('script');
    const page = await answer.text();
    const tags = page.match(/<[a-z/][^>]*>/gi) ?? [];
    expect(tags.length).toBeGreaterThan(100);
    expect(tags.filter((tag) => /^<(script|img|iframe|object|link|base)|\son\w+=|script:/i.test(tag))).toEqual([]);
    expect(page).toContain('&lt;');
  });

  it('is our defect where it cannot be read, never a fault of the request', async () => {
    await register();
    await api.report('improved', { document: '{"schema":"postflight/report/v1"}' });
    const answer = await read('text/html');
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({
      code: 'internal',
      detail: 'it was logged under the request identifier',
    });
    expect(api.troubles).toMatchObject([{ method: 'GET', path: `${BASE}/report`, error: { code: 'internal' } }]);
  });
});

describe('the gate', () => {
  const api = useApi();
  const register = (body = UPGRADE) =>
    api.ask('POST', '/api/v1/upgrades', { body, headers: { 'Content-Type': 'application/yaml' } });
  const gate = async (query = '') => {
    const answer = await api.ask('GET', `${BASE}/gate${query}`);
    expect([query, answer.status]).toEqual([query, 200]);
    return ((await answer.json()) as { data: { ok: boolean; verdict: string | null; reasons: string[] } }).data;
  };

  it('opens for no-regression and improved alone', async () => {
    await register();
    expect(await gate()).toEqual({ ok: false, verdict: null, reasons: ['there is no report yet'] });
    for (const [verdict, ok] of [
      ['cannot-tell', false],
      ['no-regression', true],
      ['regressed', false],
      ['improved', true],
    ] as const) {
      await api.report(verdict);
      const data = await gate();
      expect([data.ok, data.verdict]).toEqual([ok, verdict]);
      expect(data.reasons[0]).toMatch(/./);
    }
  });

  it('closes when the document changed after the report, until there is one on it', async () => {
    await register();
    await api.report('no-regression');
    api.nowMs += 1_000;
    await register(UPGRADE.replace('"4.2.0"', '"4.2.1"'));
    expect(await gate()).toMatchObject({ ok: false, verdict: null, reasons: [expect.stringContaining('changed')] });
    await api.report('no-regression');
    expect(await gate()).toMatchObject({ ok: true });
  });

  it('names the changes that are blamed', async () => {
    await register();
    await api.report('regressed');
    expect((await gate()).reasons).toEqual(expect.arrayContaining([expect.stringMatching(/^blamed: flag /)]));
  });

  it('waits for a verdict, no longer than asked, and no longer than half a minute', async () => {
    await register();
    const startMs = api.nowMs;
    await gate('?wait=7s');
    expect(api.nowMs - startMs).toBe(7_000);
    const laterMs = api.nowMs;
    await gate('?wait=1h');
    expect(api.nowMs - laterMs).toBe(30_000);
    let waits = 0;
    api.onSleep = async () => {
      waits += 1;
      if (waits === 2) await api.report('cannot-tell');
      if (waits === 4) await api.report('improved');
    };
    expect(await gate('?wait=30s')).toMatchObject({ ok: true, verdict: 'improved' });
    expect(waits).toBe(4);
    expect((await api.ask('GET', `${BASE}/gate?wait=soon`)).status).toBe(400);
    expect(await gate('?wait=0s')).toMatchObject({ ok: true });
  });

  it('never opens because of an error of ours', async () => {
    await register();
    await api.report('improved', { document: 'not a report' });
    expect((await api.ask('GET', `${BASE}/gate`)).status).toBe(500);
    await api.records.close();
    const answer = await api.ask('GET', `${BASE}/gate?wait=5s`);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('Retry-After')).toBe('5');
    expect(JSON.stringify(await answer.json())).not.toContain('true');
  });

  it('does not open on an older pass while the analysis of what came since fails, and never hides a regression', async () => {
    await register();
    const failed = async () => {
      const [claim] = await api.records.claimDue('test', api.nowMs, 1, 1);
      await api.records.release(claim!, api.nowMs, 'the engine is down');
    };
    await api.report('no-regression');
    await failed();
    expect(await gate('?wait=2s')).toMatchObject({
      ok: false,
      verdict: null,
      reasons: ['the latest analysis failed: the engine is down', expect.any(String)],
    });
    await api.report('no-regression');
    expect(await gate()).toMatchObject({ ok: true });
    await api.report('regressed');
    await failed();
    expect(await gate()).toMatchObject({ ok: false, verdict: 'regressed' });
  });

  it('does not open on an older pass while the analysis is long overdue, whatever keeps it from saying so', async () => {
    await register();
    await api.report('no-regression');
    api.nowMs += 10 * 60_000;
    expect(await gate()).toMatchObject({ ok: true });
    api.nowMs += 6 * 60_000;
    expect(await gate('?wait=2s')).toMatchObject({
      ok: false,
      verdict: null,
      reasons: [expect.stringMatching(/^the analysis has been due since .*Z and has not ended$/), expect.any(String)],
    });
    await api.report('no-regression', { isFinal: true });
    api.nowMs += 24 * 3_600_000;
    expect(await gate()).toMatchObject({ ok: true });
  });

  it('answers at once when the service stops, and refuses to hold more requests than it can', async () => {
    await register();
    api.onSleep = async () => api.stopping.abort();
    const startMs = api.nowMs;
    expect(await gate('?wait=30s')).toMatchObject({ ok: false });
    expect(api.nowMs - startMs).toBe(1_000);

    const app = remade(api, { stopping: new AbortController().signal, sleep: () => new Promise(() => undefined) });
    const ask = () => app.request(`${BASE}/gate?wait=30s`);
    for (let held = 0; held < 256; held += 1) void ask();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const refused = await ask();
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'overloaded' });
  });
});

describe('events', () => {
  const api = useApi();
  const register = () =>
    api.ask('POST', '/api/v1/upgrades', { body: UPGRADE, headers: { 'Content-Type': 'application/yaml' } });
  const listen = (lastEventId?: string) =>
    api.ask('GET', `${BASE}/events`, { headers: lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId } });
  const messages = (stream: string): { id: string; data: Record<string, unknown> }[] =>
    [...stream.matchAll(/^data: (.*)\nid: (\d+)$/gm)].map((match) => ({ id: match[2]!, data: JSON.parse(match[1]!) }));

  it('tell each new report, keep the line alive, and end with the final one', async () => {
    await register();
    await api.report('cannot-tell');
    let waits = 0;
    api.onSleep = async () => {
      waits += 1;
      if (waits === 20) await api.report('regressed');
      if (waits === 21) await api.report('regressed', { isFinal: true });
    };
    const answer = await listen();
    expect(answer.headers.get('Content-Type')).toBe('text/event-stream');
    expect(answer.headers.get('X-Accel-Buffering')).toBe('no');
    const stream = await answer.text();
    expect(stream).toMatch(/^retry: 3000\n\n/);
    expect(messages(stream).map(({ id, data }) => [id, data.type, data.verdict, data.final])).toEqual([
      ['1', 'report', 'cannot-tell', false],
      ['2', 'report', 'regressed', false],
      ['3', 'report', 'regressed', true],
    ]);
    expect(stream.match(/^: still here$/gm)).toHaveLength(1);
  });

  it('go on after Last-Event-ID, and end for good after the final report', async () => {
    await register();
    for (let made = 0; made < 4; made += 1) await api.report('cannot-tell');
    api.onSleep = () => api.report('improved', { isFinal: true });
    expect(messages(await (await listen('2')).text()).map(({ id }) => id)).toEqual(['3', '4', '5']);
    expect((await listen('5')).status).toBe(204);
    expect(messages(await (await listen('4')).text()).map(({ id }) => id)).toEqual(['5']);
  });

  it('end when the service stops, and when the store does not answer', async () => {
    await register();
    api.onSleep = async () => api.stopping.abort();
    expect(messages(await (await listen()).text())).toEqual([]);
    const app = remade(api, { stopping: new AbortController().signal, sleep: () => api.records.close() });
    await (await app.request(`${BASE}/events`)).text();
    expect(api.troubles).toMatchObject([{ error: { code: 'unavailable' } }]);
  });

  it('end within seconds where the token is revoked or the upgrade removed', async () => {
    await register();
    const token = await api.token(['read']);
    const ends = [() => api.records.revokeToken(token.split('_')[1]!, api.nowMs), () => api.ask('DELETE', BASE)];
    for (const end of ends) {
      let waits = 0;
      api.onSleep = async () => {
        waits += 1;
        if (waits === 3) await end();
      };
      await (await api.ask('GET', `${BASE}/events`, end === ends[0] ? { token } : {})).text();
      expect(waits).toBeLessThan(20);
    }
    expect(api.troubles).toEqual([]);
  });
});

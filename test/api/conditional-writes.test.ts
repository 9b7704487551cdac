import { describe, expect, it } from 'vitest';
import { UPGRADE, useApi } from './api-fixture.ts';

const YAML = { 'Content-Type': 'application/yaml' };
const SLO = 'apiVersion: openslo/v1\nkind: DataSource\nmetadata: { name: a }\nspec: { type: x }\n';

interface Kept {
  readonly path: string;
  readonly method: string;
  readonly address: string;
  readonly document: string;
}

const KEPT: readonly Kept[] = [
  { path: '/api/v1/upgrades/dten-4.2.0', method: 'POST', address: '/api/v1/upgrades', document: UPGRADE },
  { path: '/api/v1/slos/orders', method: 'PUT', address: '/api/v1/slos/orders', document: SLO },
];

describe.each(KEPT)('what is kept at $path', ({ path, method, address, document }) => {
  const api = useApi();
  const put = (body: string, headers: Record<string, string> = {}) =>
    api.ask(method, address, { body, headers: { ...YAML, ...headers } });
  const stored = async () => {
    const answer = await api.ask('GET', path);
    return {
      etag: answer.headers.get('ETag') ?? '',
      document: ((await answer.json()) as { document: string }).document,
    };
  };
  const second = `${document}# second\n`;
  const third = `${document}# third\n`;

  it('has an ETag that changes with its document and with nothing else', async () => {
    await put(document);
    const { etag } = await stored();
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
    api.nowMs += 1000;
    await put(document);
    expect((await stored()).etag).toBe(etag);
    await put(second);
    expect((await stored()).etag).not.toBe(etag);
  });

  it('is changed where If-Match names what is there, alone, in a list, or as anything', async () => {
    await put(document);
    const { etag } = await stored();
    expect((await put(second, { 'If-Match': `"other", ${etag}` })).status).toBe(200);
    expect((await put(third, { 'If-Match': '*' })).status).toBe(200);
    expect((await stored()).document).toBe(third);
  });

  it('is left alone, with 412, where If-Match names what was there before, or something compared weakly', async () => {
    await put(document);
    const { etag } = await stored();
    await put(second);
    const current = (await stored()).etag;
    for (const condition of [etag, `W/${current}`, 'x', '']) {
      const refused = await put(third, { 'If-Match': condition });
      expect([condition, refused.status]).toEqual([condition, 412]);
      expect(await refused.json()).toMatchObject({ code: 'stale', place: 'If-Match' });
    }
    expect((await stored()).document).toBe(second);
  });

  it('is not made where If-Match says that it is there', async () => {
    expect((await put(document, { 'If-Match': '*' })).status).toBe(412);
    expect((await api.ask('GET', path)).status).toBe(404);
  });

  it('is changed by one of many that read the same', async () => {
    await put(document);
    const { etag } = await stored();
    const documents = Array.from({ length: 8 }, (_, index) => `${document}# writer ${index}\n`);
    const answers = await Promise.all(documents.map((body) => put(body, { 'If-Match': etag })));
    const written = documents.filter((_, index) => answers[index]!.status === 200);
    expect(written).toEqual([(await stored()).document]);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(7);
  });
});

describe('an upgrade', () => {
  const api = useApi();

  it('that is sent again under its idempotency key is answered as before, though its ETag is another by now', async () => {
    const put = (body: string, headers: Record<string, string>) =>
      api.ask('POST', '/api/v1/upgrades', { body, headers: { ...YAML, ...headers } });
    await put(UPGRADE, {});
    const etag = (await api.ask('GET', '/api/v1/upgrades/dten-4.2.0')).headers.get('ETag')!;
    const headers = { 'If-Match': etag, 'Idempotency-Key': 'k' };
    const first = await put(`${UPGRADE}# second\n`, headers);
    const again = await put(`${UPGRADE}# second\n`, headers);
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(await again.json()).toEqual(await first.json());
  });
});

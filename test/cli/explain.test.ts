import { readFileSync } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { explain } from '../../src/cli/explain.ts';
import { folderOf, run } from '../support/command-line.ts';

const FIXTURES = new URL('../fixtures/reports/', import.meta.url);
const DTEN = new URL('dten.json', FIXTURES).pathname;
const ORDERS = 'gateway · POST /orders';

let folder: ReturnType<typeof folderOf> | null = null;
afterEach(() => {
  folder?.dispose();
  folder = null;
});

function given(content: string): string {
  folder = folderOf({ 'report.json': content });
  return `${folder.path}/report.json`;
}

describe('postflight explain', () => {
  it('prints the working of the comparison named by endpoint and indicator, and says nothing else', async () => {
    const ran = await run(['explain', DTEN, 'POST /refunds', 'latency.p99']);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^▼ IMPROVED: gateway · POST \/refunds · latency\.p99\n/);
  });

  it.each([
    ['a part of the endpoint that no other has', 'refunds', undefined, 'POST /refunds · latency.p99'],
    ['a part of the indicator that no other has', 'delete /carts', 'p99', 'DELETE /carts/{id} · latency.p99'],
    [
      'the place as a report shows it',
      `${ORDERS} → payments.example.com`,
      'retry',
      'payments.example.com · retry_ratio',
    ],
    [
      'the place with a plain arrow',
      'POST /orders -> payments.example.com',
      undefined,
      'payments.example.com · retry_ratio',
    ],
    ['words of place and peer', 'profile inventory', 'retry_ratio', 'GET /profile → inventory.internal · retry_ratio'],
    ['the service, where an indicator is its own', 'whole service', 'availability', '(whole service) · availability'],
  ])('finds a comparison by %s', async (_how, endpoint, indicator, title) => {
    const ran = await run(['explain', DTEN, endpoint, ...(indicator === undefined ? [] : [indicator])]);
    expect(ran.status, ran.stderr).toBe(0);
    expect(ran.stdout.split('\n')[0]).toContain(title);
  });

  it('gives examples that hold for the report of the example system', async () => {
    const report = new URL('../fixtures/dten/report.json', import.meta.url).pathname;
    const { stdout: help } = await run(['help', 'explain']);
    const examples = [...help.matchAll(/postflight explain \S+ ("[^"]*") (\S+)$/gm)];
    expect(examples.length).toBeGreaterThan(1);
    for (const [, endpoint, indicator] of examples) {
      const ran = await run(['explain', report, JSON.parse(endpoint!) as string, indicator!]);
      expect(ran.status, ran.stderr).toBe(0);
    }
  });

  it('takes an exact name before the longer names it is part of', async () => {
    const ran = await run(['explain', DTEN, 'GET /orders', 'latency.p50']);
    expect(ran.stdout.split('\n')[0]).toContain('gateway · GET /orders · latency.p50');
  });

  it('lists several matches so that what is listed finds each of them', async () => {
    const ran = await run(['explain', DTEN, 'POST /orders']);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('2 comparisons match');
    const listed = [...ran.stderr.matchAll(/^ {2}"(.+)" "(.+)"$/gm)];
    expect(listed).toHaveLength(2);
    for (const [, endpoint, indicator] of listed) {
      expect(await run(['explain', DTEN, endpoint!, indicator!])).toMatchObject({ status: 0 });
    }
  });

  it('names what there is when nothing matches', async () => {
    const endpoint = await run(['explain', DTEN, 'GET /nowhere']);
    expect(endpoint).toMatchObject({ status: 2, stdout: '' });
    expect(endpoint.stderr).toContain('no endpoint matches "GET /nowhere"');
    expect(endpoint.stderr).toContain('"gateway · POST /vouchers"');
    const indicator = await run(['explain', DTEN, 'POST /vouchers', 'bytes']);
    expect(indicator.status).toBe(2);
    expect(indicator.stderr).toContain('no indicator there matches "bytes"');
    expect(indicator.stderr).toContain('"error_ratio"');
  });

  it('lists names that could steer a terminal as escapes', async () => {
    const ran = await run(['explain', new URL('hostile.json', FIXTURES).pathname]);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('\\u001b[31mred');
    expect(ran.stderr.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('finds what is listed as escapes by what is listed', async () => {
    const hostile = new URL('hostile.json', FIXTURES).pathname;
    const { stderr } = await run(['explain', hostile]);
    const listed = [...stderr.matchAll(/^ {2}"(.+)" "(.+)"$/gm)];
    expect(listed.some(([, endpoint]) => endpoint!.includes('\\u001b'))).toBe(true);
    for (const [, endpoint, indicator] of listed) {
      const ran = await run(['explain', hostile, endpoint!, indicator!]);
      expect(ran.status, ran.stderr).toBe(0);
    }
  });

  it('says that a report without comparisons has none to explain', async () => {
    const ran = await run(['explain', new URL('cannot-tell.json', FIXTURES).pathname, 'x']);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('holds no comparison');
  });

  it.each([
    ['nothing', '', /is empty/],
    ['no JSON', 'apiVersion: postflight/v1', /is not JSON/],
    ['other JSON', '{"verdict":"regressed"}', /is not a Postflight report/],
    ['a newer schema', '{"schema":"postflight/report/v2"}', /postflight\/report\/v2/],
    ['half a report', '{"schema":"postflight/report/v1","upgrade":"a"}', /report\.json: verdict: is missing/],
  ])('refuses %s with place and remedy', async (_what, content, message) => {
    const ran = await run(['explain', given(content), 'x']);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr).toContain('report.json');
    expect(ran.stderr).toContain('try: write one with: postflight analyze');
  });

  it('answers 4 where the report cannot be read', async () => {
    const ran = await run(['explain', given('{}').replace('report.json', 'absent.json')]);
    expect(ran).toMatchObject({ status: 4, stdout: '' });
    expect(ran.stderr).toContain('absent.json');
  });

  it('reads - from stdin, also where a character is cut between two chunks', async () => {
    const bytes = readFileSync(new URL('hostile.json', FIXTURES));
    const cut = bytes.findIndex((byte) => byte >= 0xc0) + 1;
    const stdout = new PassThrough();
    const terminal = { stdout, stderr: new PassThrough(), env: {}, once: () => 0, removeListener: () => 0 };
    const stdin = Readable.from([bytes.subarray(0, cut), bytes.subarray(cut)]);
    expect(await explain('-', { endpoint: '注文' }, terminal, stdin)).toBe(0);
    expect(String(stdout.read())).toContain('GET /注文/払い戻し/🛒');
  });
});

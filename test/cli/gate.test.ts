import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { run } from '../support/command-line.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function serverThat(answers: RequestListener): Promise<string> {
  const server = createServer(answers);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function gateThatSays(...answers: { ok: boolean; verdict: string | null; reasons: string[] }[]): Promise<string> {
  let asked = 0;
  return serverThat((_request, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ data: answers[Math.min(asked++, answers.length - 1)] }));
  });
}

const PASSED = { ok: true, verdict: 'no-regression', reasons: [] };
const OPEN = { ok: false, verdict: 'cannot-tell', reasons: ['4 minutes of data'] };

describe('postflight gate', () => {
  it.each([
    ['no-regression', 0],
    ['improved', 0],
    ['regressed', 1],
    ['cannot-tell', 3],
  ])('ends with the status of "%s"', async (verdict, status) => {
    const server = await gateThatSays({ ok: status === 0, verdict, reasons: ['because'] });
    const ran = await run(['gate', 'dten', '--server', server]);
    expect([ran.status, ran.stdout]).toEqual([status, `${verdict}\nbecause\n`]);
  });

  it('cannot tell where there is no report yet', async () => {
    const server = await gateThatSays({ ok: false, verdict: null, reasons: [] });
    expect(await run(['gate', 'dten', '--server', server])).toMatchObject({ status: 3, stdout: 'no report yet\n' });
  });

  it('asks again until there is a verdict', async () => {
    const server = await gateThatSays(OPEN, OPEN, PASSED);
    expect(await run(['gate', 'dten', '--wait', '20s', '--server', server])).toMatchObject({ status: 0 });
  });

  it('gives up waiting when the time is up', async () => {
    const server = await gateThatSays(OPEN);
    expect(await run(['gate', 'dten', '--wait', '2s', '--server', server])).toMatchObject({ status: 3 });
  });

  it('asks on while the service is away, sheds, or breaks off, until it answers', async () => {
    let asked = 0;
    const server = await serverThat((_request, response) => {
      asked++;
      if (asked === 1) response.destroy();
      else if (asked === 2) response.writeHead(503).end(JSON.stringify({ detail: 'a store is away' }));
      else if (asked === 3) response.writeHead(429, { 'Retry-After': '1' }).end('{}');
      else response.end(JSON.stringify({ data: PASSED }));
    });
    const ran = await run(['gate', 'dten', '--wait', '60s', '--server', server]);
    expect([ran.status, ran.stdout]).toEqual([0, 'no-regression\n']);
    expect(ran.stderr).toContain('a store is away; asking again until the time is up');
  });

  it('asks a last time when the time is up, however long it was told to stay away', async () => {
    let asked = 0;
    const server = await serverThat((_request, response) => {
      asked++;
      if (asked === 1) response.writeHead(503, { 'Retry-After': '3600' }).end('{}');
      else response.end(JSON.stringify({ data: PASSED }));
    });
    expect(await run(['gate', 'dten', '--wait', '2s', '--server', server])).toMatchObject({ status: 0 });
    expect(asked).toBe(2);
  });

  it('has no answer where the last it got was none when the time was up', async () => {
    const gone = await serverThat((_request, response) => response.writeHead(503).end('{}'));
    const ran = await run(['gate', 'dten', '--wait', '1500ms', '--server', gone]);
    expect([ran.status, ran.stdout]).toEqual([4, '']);
    const closed = await serverThat(() => undefined);
    servers.pop()!.close();
    const refused = await run(['gate', 'dten', '--wait', '1500ms', '--server', closed]);
    expect(refused).toMatchObject({ status: 4, stderr: expect.stringContaining('asking again') });
  });

  it.each([401, 403, 404])('does not wait for what status %i says', async (status) => {
    let asked = 0;
    const server = await serverThat((_request, response) => {
      asked++;
      response.writeHead(status).end('{}');
    });
    expect(await run(['gate', 'dten', '--wait', '60s', '--server', server])).toMatchObject({ status: 2 });
    expect(asked).toBe(1);
  });

  it.each([[[]], [['--wait', '0']], [['--wait', '0s']]])('asks once and waits for nothing with %j', async (options) => {
    const seen: (string | undefined)[] = [];
    const server = await serverThat((request, response) => {
      seen.push(request.url);
      response.writeHead(503).end('{}');
    });
    expect(await run(['gate', 'dten', ...options, '--server', server])).toMatchObject({ status: 4 });
    expect(seen).toEqual(['/api/v1/upgrades/dten/gate?wait=0s']);
  });

  it('sends the token, the name as one part of the path, and how long it will wait', async () => {
    const seen: string[] = [];
    const server = await serverThat((request, response) => {
      seen.push(`${request.headers.authorization} ${request.url}`);
      response.end(JSON.stringify({ data: PASSED }));
    });
    await run(['gate', 'a/b c', '--server', `${server}/postflight`], { POSTFLIGHT_TOKEN: 'pf_x' });
    expect(seen).toEqual(['Bearer pf_x /postflight/api/v1/upgrades/a%2Fb%20c/gate?wait=0s']);
  });

  it('is never a pass where there is no answer to build on', async () => {
    const notOurs = await serverThat((_request, response) => response.end('<html>'));
    const broken = await serverThat((_request, response) => {
      response.statusCode = 503;
      response.end(JSON.stringify({ detail: 'the store does not answer' }));
    });
    const busy = await serverThat((_request, response) => {
      response.statusCode = 429;
      response.end(JSON.stringify({ detail: 'this token has asked too often' }));
    });
    const brokenOff = await serverThat((_request, response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('{', () => response.destroy());
    });
    for (const server of [notOurs, broken, busy, brokenOff, 'http://127.0.0.1:1']) {
      const ran = await run(['gate', 'dten', '--server', server]);
      expect([ran.status, ran.stdout]).toEqual([4, '']);
    }
  });

  it('says which token it lacks, and which upgrade is not there', async () => {
    const locked = await serverThat((_request, response) => {
      response.statusCode = 401;
      response.end(JSON.stringify({ detail: 'a token is needed' }));
    });
    expect(await run(['gate', 'dten', '--server', locked])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('POSTFLIGHT_TOKEN'),
    });
    const empty = await serverThat((_request, response) => {
      response.statusCode = 404;
      response.end(JSON.stringify({ detail: 'there is no upgrade "dten"' }));
    });
    expect(await run(['gate', 'dten', '--server', empty])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('there is no upgrade "dten"'),
    });
  });

  it('passes on what the server advises, and says of an answer that is not its own whom it may have asked', async () => {
    const away = await serverThat((_request, response) => {
      response.statusCode = 503;
      response.end(JSON.stringify({ detail: 'a store is away', remedy: 'look at the store' }));
    });
    expect((await run(['gate', 'dten', '--server', away])).stderr).toContain('try: look at the store');
    const proxy = await serverThat((_request, response) => {
      response.statusCode = 404;
      response.end('<html>');
    });
    const ran = await run(['gate', 'dten', '--server', proxy]);
    expect(ran).toMatchObject({ status: 2, stderr: expect.stringContaining('check that --server names postflight') });
  });

  it('sends no token that a header cannot carry, and repeats nothing of it', async () => {
    const server = await gateThatSays(PASSED);
    const ran = await run(['gate', 'dten', '--server', server], { POSTFLIGHT_TOKEN: 'pf_hush\nhush' });
    expect(ran).toMatchObject({ status: 2, stderr: expect.stringContaining('POSTFLIGHT_TOKEN: the token holds') });
    expect(ran.stderr).not.toContain('hush');
    expect(await run(['gate', 'dten', '--server', server], { POSTFLIGHT_TOKEN: ' pf_x\n' })).toMatchObject({
      status: 0,
    });
  });

  it('takes a variable that is set to nothing for one that is not set, and names it where it is wrong', async () => {
    const ran = await run(['gate', 'dten'], { POSTFLIGHT_SERVER: 'nowhere' });
    expect(ran).toMatchObject({ status: 2, stderr: expect.stringContaining('POSTFLIGHT_SERVER: "nowhere"') });
    const unset = await run(['gate', 'dten', '--wait', 'soon'], { POSTFLIGHT_SERVER: '' });
    expect(unset.stderr).toContain('--wait');
  });

  it.each([
    [['--wait', 'soon'], '--wait'],
    [['--server', 'ftp://x'], '--server'],
  ])('refuses %s', async (options, place) => {
    expect(await run(['gate', 'dten', ...options])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(place),
    });
  });
});

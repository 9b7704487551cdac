import { cpSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { folderOf } from '../support/command-line.ts';
import { vacuumInto } from '../support/vacuum-into.ts';
import {
  exampleDocument,
  hasEngine,
  postAll,
  type Running,
  recordedRequests,
  reportOfExample,
  running,
} from './running-service.ts';

const MANUAL = readFileSync(resolve(import.meta.dirname, '../../docs/operations.md'), 'utf8');
const RANGE = 'from=2026-11-23T12:40:00Z&to=2026-11-23T13:00:00Z&limit=5000';
const asJson = ({ line }: { line: string }) => ({ contentType: 'application/json', body: line });

/** What curl would do: a statement for the embedded engine, on its socket. */
function ask(folder: string, statement: string): Promise<string> {
  return new Promise((answered, failed) => {
    const sent = request(
      { socketPath: join(folder, 'telemetry/engine.sock'), method: 'POST', path: '/' },
      async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) answered(text);
        else failed(new Error(text));
      },
    );
    sent.once('error', failed);
    sent.end(statement);
  });
}

/** The statement the manual has, word for word. */
function statementOf(kind: 'BACKUP' | 'RESTORE'): string {
  const statement = new RegExp(`--data-binary "(${kind} [^"]+)"`).exec(MANUAL)?.[1];
  if (statement === undefined) throw new Error(`the manual has no ${kind}`);
  return statement;
}

async function viewOf({ url }: Running): Promise<Record<string, string>> {
  const read = async (path: string) => await (await fetch(`${url}/api/v1/${path}`)).text();
  const { document } = JSON.parse(await read('upgrades/dten-4.2.0')) as { document: string };
  return {
    cells: await read(`cells?${RANGE}`),
    slos: await read('slos'),
    report: await read('upgrades/dten-4.2.0/report'),
    document,
  };
}

/** The digest of what is read when the upgrade is analysed once more. */
async function digestAnew({ url }: Running): Promise<string> {
  const headers = { 'Content-Type': 'application/yaml' };
  const body = `${exampleDocument()}# once more\n`;
  expect((await fetch(`${url}/api/v1/upgrades`, { method: 'POST', headers, body })).status).toBe(200);
  for (let verdict: string | null = null; verdict === null; ) {
    const gate = await fetch(`${url}/api/v1/upgrades/dten-4.2.0/gate?wait=25s`);
    verdict = ((await gate.json()) as { data: { verdict: string | null } }).data.verdict;
  }
  const report = await (await fetch(`${url}/api/v1/upgrades/dten-4.2.0/report`)).json();
  return (report as { inputs: { digest: string } }).inputs.digest;
}

describe.runIf(hasEngine())('a back-up, made as the manual says', () => {
  const folders = [folderOf({}), folderOf({}), folderOf({})];
  const [original, copy, fresh] = folders.map(({ path }) => join(path, 'data')) as [string, string, string];
  const records = join(folders[0]!.path, 'records-copy.db');
  const alive: Set<Running> = new Set();
  let viewAtBackUp: Record<string, string> = {};
  let viewAtEnd: Record<string, string> = {};
  let digest = '';

  const started = async (folder: string): Promise<Running> => {
    const service = await running({}, folder);
    alive.add(service);
    return service;
  };
  const ended = async (service: Running): Promise<void> => {
    alive.delete(service);
    await service.stop();
  };
  const sendAgain = (service: Running) => postAll(service.url, recordedRequests().slice(0, 20), asJson);

  beforeAll(async () => {
    const service = await started(original);
    await postAll(service.url, recordedRequests(), asJson);
    digest = ((await reportOfExample(service.url)) as unknown as { inputs: { digest: string } }).inputs.digest;
    viewAtBackUp = await viewOf(service);
    expect(viewAtBackUp.cells!.length).toBeGreaterThan(10_000);
    await vacuumInto(original, records);
    expect(await ask(original, statementOf('BACKUP'))).toContain('BACKUP_CREATED');
    // What comes after the back-up is not in it.
    const later = recordedRequests().find(({ signal, line }) => signal === 'traces' && line.includes('"gateway"'))!;
    await postAll(service.url, [{ ...later, line: later.line.replaceAll('"gateway"', '"later"') }], asJson);
    viewAtEnd = await viewOf(service);
    expect(viewAtEnd.cells).toContain('"later"');
    await ended(service);
  }, 240_000);
  afterEach(async () => {
    for (const service of alive) await ended(service);
  });
  afterAll(() => {
    for (const folder of folders) folder.dispose();
  });

  it('of the data folder, copied while the service does not run: a service on the copy goes on', {
    timeout: 120_000,
  }, async () => {
    cpSync(original, copy, { recursive: true });
    const service = await started(copy);
    expect(await viewOf(service)).toEqual(viewAtEnd);
    // What the original had taken already counts once on the copy as well.
    await sendAgain(service);
    expect((await viewOf(service)).cells).toBe(viewAtEnd.cells);
  });

  it('of records and telemetry while the service runs: restored elsewhere, it is all there as it was then', {
    timeout: 240_000,
  }, async () => {
    cpSync(join(original, 'telemetry/backups'), join(fresh, 'telemetry/backups'), { recursive: true });
    cpSync(records, join(fresh, 'records.db'));
    const empty = await started(fresh);
    expect(await ask(fresh, statementOf('RESTORE'))).toContain('RESTORED');
    await ended(empty);
    const restored = await started(fresh);
    expect(await viewOf(restored)).toEqual(viewAtBackUp);
    await sendAgain(restored);
    expect(await digestAnew(restored)).toBe(digest);
  });

  it('is written nowhere but below the folder of back-ups', { timeout: 60_000 }, async () => {
    const folder = folderOf({});
    folders.push(folder);
    const { path } = folder;
    await started(path);
    for (const place of [join(path, 'elsewhere'), '../elsewhere', '/tmp/elsewhere']) {
      const refused = ask(path, `BACKUP DATABASE default TO File('${place}')`);
      await expect(refused).rejects.toThrow(/allowed/);
    }
  });
});

describe.skipIf(hasEngine())('a back-up', () => {
  it('is not tested here: the optional package chdb is not installed', () => {
    console.warn('SKIPPED: chdb is not installed on this platform');
  });
});

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/** Where Debian and Ubuntu put the programs of each major version. */
const DEBIAN = '/usr/lib/postgresql';
const START_TIMEOUT_MS = 30_000;

export interface PostgresServer {
  /** Makes an empty database and answers its URL. */
  emptyDatabase(): Promise<string>;
  /** Where the server and its programs may write. */
  readonly folder: string;
  /** Runs a program of PostgreSQL's, as the user the server runs as. */
  program(name: string, args: readonly string[]): { status: number | null; stdout: string; stderr: string };
  stop(): Promise<void>;
}

/** The folder of the newest server installed here; null where there is none. */
export function postgresPrograms(): string | null {
  if (!existsSync(DEBIAN)) return null;
  const versions = readdirSync(DEBIAN).filter((version) => existsSync(join(DEBIAN, version, 'bin/initdb')));
  const newest = versions.sort((a, b) => Number(a) - Number(b)).at(-1);
  return newest === undefined ? null : join(DEBIAN, newest, 'bin');
}

/** A server of our own, in a folder of its own, on nothing but a unix socket; it refuses to run as root. */
export async function startPostgres(programs: string): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'postflight-pg-'));
  const user = process.getuid?.() === 0 ? unprivilegedUser() : null;
  if (user !== null) chownSync(folder, user.uid, user.gid);
  const program = (name: string, args: readonly string[]) =>
    spawnSync(join(programs, name), args, { ...user, cwd: folder, encoding: 'utf8' });

  const data = join(folder, 'data');
  const made = program('initdb', ['-D', data, '-U', 'postflight', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N']);
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);
  const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, 'fsync=off', 'max_connections=50'];
  const server = spawn(join(programs, 'postgres'), ['-D', data, ...settings.flatMap((one) => ['-c', one])], {
    ...user,
    cwd: folder,
    stdio: 'ignore',
  });

  const urlOf = (database: string): string =>
    `postgresql://postflight@localhost/${database}?host=${encodeURIComponent(folder)}`;
  await answering(urlOf('postgres'), server);
  let count = 0;
  return {
    folder,
    program,
    emptyDatabase: async () => {
      count += 1;
      await query(urlOf('postgres'), `CREATE DATABASE records_${count}`);
      return urlOf(`records_${count}`);
    },
    stop: async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      if (server.exitCode === null && server.kill('SIGINT')) await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function unprivilegedUser(): { uid: number; gid: number } {
  const idOf = (kind: '-u' | '-g', name: string): number =>
    Number(spawnSync('id', [kind, name], { encoding: 'utf8' }).stdout || Number.NaN);
  const name = ['postgres', 'nobody'].find((candidate) => Number.isInteger(idOf('-u', candidate)));
  if (name === undefined) throw new Error('neither postgres nor nobody is a user of this machine');
  return { uid: idOf('-u', name), gid: idOf('-g', name) };
}

async function answering(url: string, server: ChildProcess): Promise<void> {
  for (let waitedMs = 0; waitedMs < START_TIMEOUT_MS; waitedMs += 100) {
    if (server.exitCode !== null) throw new Error(`postgres ended with status ${server.exitCode}`);
    const isUp = await query(url, 'SELECT 1').then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await delay(100);
  }
  throw new Error('postgres did not answer in time');
}

export async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

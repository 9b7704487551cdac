import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCE = resolve(import.meta.dirname, '../src');

interface Room {
  /** Rooms it may import from, itself aside. */
  readonly sees: readonly string[];
  /** Packages it may import; `node:*` stands for Node's own modules. */
  readonly packages: readonly string[];
  readonly because: string;
}

/** The rooms of the house. Root files (analyze.ts) wire rooms and are imported by none of them but the doors. */
const ROOMS: Readonly<Record<string, Room>> = {
  statistics: {
    sees: [],
    packages: [],
    because: 'numbers in, numbers out: a formula that knows the domain cannot be checked against a textbook',
  },
  domain: {
    sees: ['statistics'],
    packages: ['zod', 'yaml'],
    because: 'the words everything else is said in; if they knew a room, every room would know it',
  },
  analysis: {
    sees: ['domain', 'statistics'],
    packages: [],
    because: 'a report is a function of cells, changes, SLOs and settings: nothing here may read, wait or draw lots',
  },
  ingest: {
    sees: ['domain', 'statistics'],
    packages: ['node:*', 'hono'],
    because: 'formats must not know what is concluded from them',
  },
  store: {
    sees: ['domain', 'statistics'],
    packages: ['node:*', '@clickhouse/client', 'chdb', 'drizzle-orm', 'pg', '@libsql/client'],
    because: 'the only room that knows SQL; what is stored does not depend on what is concluded from it',
  },
  api: {
    sees: ['domain', 'ingest', 'rendering'],
    packages: ['node:*', 'hono', '@hono/node-server', '@hono/zod-openapi', 'zod'],
    because: 'a door: requests, one call, an answer; it gets its stores as arguments',
  },
  rendering: {
    sees: ['domain'],
    packages: ['picocolors', 'string-width'],
    because: 'a page shows a report and never computes one',
  },
  cli: {
    sees: ['domain', 'ingest', 'rendering', '.'],
    packages: ['commander', 'picocolors', 'zod', 'node:*'],
    because: 'a door: arguments, one call, exit status',
  },
  '.': {
    sees: ['domain', 'analysis', 'ingest', 'store', 'api', 'rendering'],
    packages: [
      'node:*',
      'pino',
      'prom-client',
      'piscina',
      'hono',
      '@hono/node-server',
      '@opentelemetry/api',
      '@opentelemetry/sdk-node',
    ],
    because: 'wires the rooms on one page each',
  },
};

const PURE_ROOMS = ['statistics', 'domain', 'analysis'];
/** What would make the same input give another report. */
const IMPURE = /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.|\bperformance\.|\bsetTimeout\b|\bfetch\(/;
const FORBIDDEN_WORDS = /(^|[-/])(utils?|common|shared|helpers?|lib|manager|misc|core)([-./]|$)/;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function roomOf(file: string): string {
  const [first, ...rest] = relative(SOURCE, file).split('/');
  return rest.length === 0 ? '.' : (first ?? '.');
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const statements = /^(?:import|export)\s(?:[^;'"=]*?\sfrom\s)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
  return [...text.matchAll(statements)].map((match) => match[1] ?? match[2] ?? '');
}

const files = filesBelow(SOURCE);

describe('the house', () => {
  it('has only rooms with a rule', () => {
    expect(files.map(roomOf).filter((room) => !(room in ROOMS))).toEqual([]);
  });

  it.each(Object.entries(ROOMS))('%s imports only what it may see', (name, room) => {
    const breaches = files
      .filter((file) => roomOf(file) === name)
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => !isAllowed(file, target, name, room))
          .map((target) => `${relative(SOURCE, file)} imports ${target}`),
      );
    expect(breaches, `${name}: ${room.because}`).toEqual([]);
  });

  it.each(PURE_ROOMS)(
    '%s knows no clock, no chance and no I/O, so that the same input gives the same report',
    (name) => {
      const breaches = files
        .filter((file) => roomOf(file) === name)
        .filter((file) => IMPURE.test(withoutComments(readFileSync(file, 'utf8'))));
      expect(breaches.map((file) => relative(SOURCE, file))).toEqual([]);
    },
  );

  it('names files and folders for what they hold, never for being useful', () => {
    const named = files.map((file) => relative(SOURCE, file)).filter((file) => FORBIDDEN_WORDS.test(file));
    expect(named).toEqual([]);
  });

  it('has an index.ts only where a registry is', () => {
    const barrels = files.filter((file) => file.endsWith('/index.ts'));
    const reexports = barrels.filter((file) => /^export \* from/m.test(readFileSync(file, 'utf8')));
    expect(reexports.map((file) => relative(SOURCE, file))).toEqual([]);
  });

  it('reads the environment in one place only', () => {
    const readers = files.filter((file) => /process\.env|\benv\b\s*\[/.test(readFileSync(file, 'utf8')));
    expect(
      readers.map((file) => relative(SOURCE, file)).filter((file) => !file.startsWith('cli/') && file !== 'config.ts'),
    ).toEqual([]);
  });
});

function isAllowed(file: string, target: string, name: string, room: Room): boolean {
  if (target.startsWith('.')) {
    const seen = roomOf(resolve(dirname(file), target));
    return seen === name || room.sees.includes(seen);
  }
  return target.startsWith('node:') ? room.packages.includes('node:*') : room.packages.includes(packageOf(target));
}

function packageOf(target: string): string {
  return target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : (target.split('/')[0] ?? target);
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from '../../bench/load/server-process.ts';
import type { ReferenceArguments } from './reference/reference-service.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** What the faults are put to. */
export interface Target {
  readonly name: string;
  /** Null where it can run here; else why not. */
  missing(): string | null;
  /** `clickhouseUrl`: a store behind a network in place of the one in the folder. */
  command(folder: string, port: number, clickhouseUrl?: string): Command;
}

export const serviceTarget: Target = {
  name: 'postflight serve',
  missing: () => (existsSync(join(ROOT, 'dist/main.js')) ? null : 'dist/main.js is missing: npm run build'),
  command: (folder, port, clickhouseUrl) => ({
    file: process.execPath,
    args: [join(ROOT, 'bin/postflight.js'), 'serve'],
    environment: {
      POSTFLIGHT_LISTEN: `127.0.0.1:${port}`,
      POSTFLIGHT_DATA: folder,
      POSTFLIGHT_LOG_LEVEL: 'warn',
      ...(clickhouseUrl === undefined ? {} : { POSTFLIGHT_CLICKHOUSE_URL: clickhouseUrl }),
    },
  }),
};

export interface ReferenceOptions {
  readonly store?: ReferenceArguments['store'];
  /** A name of `SEEDED_BUGS`. */
  readonly bug?: string;
  /** Every tenth commit finds the disk full. */
  readonly diskFills?: boolean;
}

export function referenceTarget({ store = 'journal', bug, diskFills = false }: ReferenceOptions = {}): Target {
  const script = join(import.meta.dirname, 'reference/reference-service.ts');
  return {
    name: `routes of the harness over ${store}${bug === undefined ? '' : ` with a bug: ${bug}`}`,
    missing: () => null,
    command: (folder, port, clickhouseUrl) => {
      const stated: ReferenceArguments = {
        folder,
        port,
        store,
        clickhouseUrl: clickhouseUrl ?? null,
        bug: bug ?? null,
        diskFills,
      };
      return { file: process.execPath, args: ['--import', 'tsx', script, JSON.stringify(stated)] };
    },
  };
}

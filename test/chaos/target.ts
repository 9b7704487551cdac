import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from '../../bench/load/server-process.ts';
import type { Encoding } from './ledger/ledger-request.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** What the faults are put to. */
export interface Target {
  readonly name: string;
  /** What it understands. */
  readonly encodings: readonly Encoding[];
  /** Null where it can run here; else why not. */
  missing(): string | null;
  command(folder: string, port: number): Command;
}

export const serviceTarget: Target = {
  name: 'postflight serve',
  encodings: ['protobuf', 'json'],
  missing: () => (existsSync(join(ROOT, 'dist/main.js')) ? null : 'dist/main.js is missing: npm run build'),
  command: (folder, port) => ({
    file: process.execPath,
    args: [join(ROOT, 'bin/postflight.js'), 'serve'],
    environment: {
      POSTFLIGHT_LISTEN: `127.0.0.1:${port}`,
      POSTFLIGHT_DATA: folder,
      POSTFLIGHT_LOG_LEVEL: 'warn',
    },
  }),
};

export interface ReferenceOptions {
  /** A name of `SEEDED_BUGS`. */
  readonly bug?: string;
  /** Every tenth commit finds the disk full. */
  readonly diskFills?: boolean;
}

export function referenceTarget({ bug, diskFills = false }: ReferenceOptions = {}): Target {
  return {
    name: `reference${bug === undefined ? '' : ` with a bug: ${bug}`}`,
    encodings: ['json'],
    missing: () => null,
    command: (folder, port) => ({
      file: process.execPath,
      args: [
        '--import',
        'tsx',
        join(import.meta.dirname, 'reference/reference-service.ts'),
        JSON.stringify({ folder, port, bug: bug ?? null, diskFills }),
      ],
    }),
  };
}

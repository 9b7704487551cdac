import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../support/seeded-random.ts';
import { figuresText, type RowOutcome } from './results.ts';
import type { ChaosRow, RowResult } from './rows/row.ts';
import type { Target } from './target.ts';

export interface RunOptions {
  readonly target: Target;
  readonly isShort: boolean;
  readonly folder: string;
  readonly seed: number;
}

/** Runs rows one after the other; a row that breaks is a row that is missed. */
export async function* runRows(rows: readonly ChaosRow[], options: RunOptions): AsyncGenerator<RowOutcome> {
  const { target, isShort, seed } = options;
  await mkdir(options.folder, { recursive: true });
  for (const row of rows) {
    const folder = await mkdtemp(join(options.folder, 'row-'));
    const loadBefore = loadavg()[0]!;
    const began = performance.now();
    const { uniform: random } = seededRandom(seed);
    const result = await row.run({ target, isShort, folder, random }).catch(brokenRow);
    await rm(folder, { recursive: true, force: true });
    yield { name: row.name, bar: row.bar, seconds: (performance.now() - began) / 1000, loadBefore, result };
  }
}

export function lineOf({ name, result }: RowOutcome): string {
  return `${name}: ${figuresText(result)}`;
}

function brokenRow(error: unknown): RowResult {
  const text = error instanceof Error ? error.message : String(error);
  return { figures: {}, misses: [`the row broke: ${text}`], skipped: null };
}

import { readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type HostileResults, linesOf, markdownOf, missesOf, type RowOutcome } from './results.ts';
import { ROWS } from './rows/index.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** Of this run alone: another one may be under way. */
const FOLDER = join(ROOT, `bench/tmp/hostile-${process.pid}`);
const RESULTS = join(ROOT, 'bench/results');

const { values: options } = parseArgs({
  options: { row: { type: 'string' }, small: { type: 'boolean', default: false } },
});

/** What earlier runs say of the rows that this one leaves out. */
async function earlier(): Promise<RowOutcome[]> {
  try {
    return (JSON.parse(await readFile(join(RESULTS, 'hostile.json'), 'utf8')) as HostileResults).rows.slice();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return [];
  }
}

async function write(rows: readonly RowOutcome[]): Promise<void> {
  const fresh = new Set(rows.map(({ number }) => number));
  const all = [...rows, ...(await earlier()).filter(({ number }) => !fresh.has(number))];
  all.sort((a, b) => a.number - b.number);
  const results: HostileResults = { node: process.versions.node, cores: availableParallelism(), rows: all };
  await writeFile(join(RESULTS, 'hostile.md'), markdownOf(results));
  await writeFile(join(RESULTS, 'hostile.json'), `${JSON.stringify(results, null, 2)}\n`);
}

const wanted = options.row?.split(',').map(Number);
const unknown = wanted?.filter((number) => ROWS.every((row) => row.number !== number)) ?? [];
if (unknown.length > 0) throw new Error(`no row ${unknown}; there are ${ROWS.map(({ number }) => number).join(', ')}`);
try {
  const rows: RowOutcome[] = [];
  for (const { number, title, run } of ROWS) {
    if (wanted !== undefined && !wanted.includes(number)) continue;
    const loadBefore = loadavg()[0]!;
    const began = performance.now();
    const figures = await run({ isSmall: options.small, folder: join(FOLDER, String(number)) });
    const row = { number, title, seconds: (performance.now() - began) / 1000, loadBefore, figures };
    rows.push(row);
    console.log(linesOf(row));
    if (!options.small) await write(rows);
  }
  process.exitCode = rows.every((row) => missesOf(row).length === 0) ? 0 : 1;
} finally {
  await rm(FOLDER, { recursive: true, force: true });
}

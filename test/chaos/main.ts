import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, release } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type ChaosResults, isMet, markdownOf, proofText, updated } from './results.ts';
import { ROWS } from './rows/index.ts';
import { lineOf, runRows } from './run-rows.ts';
import { proveHarness } from './self-proof.ts';
import { referenceTarget, serviceTarget, type Target } from './target.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** Of this run alone: another one may be under way. */
const FOLDER = join(ROOT, `bench/tmp/chaos-${process.pid}`);
const RESULTS = join(ROOT, 'bench/results');
const SEED = 20261125;
const NAMES = ROWS.map(({ name }) => name);

const TARGETS: Readonly<Record<string, Target>> = {
  service: serviceTarget,
  store: referenceTarget({ store: 'clickhouse' }),
  reference: referenceTarget(),
};

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    row: { type: 'string' },
    target: { type: 'string', default: 'service' },
    proof: { type: 'boolean', default: false },
  },
});

function targetOf(name: string): Target {
  const target = TARGETS[name];
  if (target === undefined) throw new Error(`no target ${name}; there are ${Object.keys(TARGETS).join(', ')}`);
  const missing = target.missing();
  if (missing !== null) throw new Error(missing);
  return target;
}

async function runAll(): Promise<ChaosResults> {
  const target = targetOf(options.target);
  const wanted = options.row?.split(',');
  const unknown = wanted?.filter((name) => ROWS.every((row) => row.name !== name)) ?? [];
  if (unknown.length > 0) throw new Error(`no row ${unknown}; there are ${NAMES.join(', ')}`);
  const proof = options.proof || wanted === undefined ? await proveHarness(3) : null;
  if (proof !== null) console.log(proofText(proof));
  const { node } = process.versions;
  const machine = {
    target: target.name,
    node,
    cores: availableParallelism(),
    kernel: release().split('.', 2).join('.'),
  };
  let results: ChaosResults = { ...machine, proof, rows: [] };
  const chosen = ROWS.filter(({ name }) => wanted?.includes(name) ?? true);
  for await (const row of runRows(chosen, { target, isShort: options.short, folder: FOLDER, seed: SEED })) {
    console.log(lineOf(row));
    results = { ...results, rows: [...results.rows, row] };
    if (!options.short && options.target === 'service') await keep(results);
  }
  return results;
}

/** After every row, so that a run that is cut short has told what it found; rows that are not run stay as they were. */
async function keep(now: ChaosResults): Promise<void> {
  const file = join(RESULTS, 'chaos.json');
  const before = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as ChaosResults) : null;
  const results = updated(before, now, NAMES);
  await writeFile(join(RESULTS, 'chaos.md'), markdownOf(results));
  await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
}

try {
  const results = await runAll();
  process.exitCode = isMet(results) ? 0 : 1;
} finally {
  await rm(FOLDER, { recursive: true, force: true });
}

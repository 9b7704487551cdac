import { rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, release } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type ChaosResults, isMet, markdownOf, proofText, type RowOutcome } from './results.ts';
import { ROWS } from './rows/index.ts';
import { lineOf, runRows } from './run-rows.ts';
import { proveHarness } from './self-proof.ts';
import { referenceTarget, serviceTarget, type Target } from './target.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** Of this run alone: another one may be under way. */
const FOLDER = join(ROOT, `bench/tmp/chaos-${process.pid}`);
const RESULTS = join(ROOT, 'bench/results');
const SEED = 20261125;

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
  if (unknown.length > 0) throw new Error(`no row ${unknown}; there are ${ROWS.map(({ name }) => name).join(', ')}`);
  const loadBefore = loadavg()[0]!;
  const isWhole = wanted === undefined;
  const proof = options.proof || isWhole ? await proveHarness(3) : null;
  if (proof !== null) console.log(proofText(proof));
  const rows: RowOutcome[] = [];
  const chosen = ROWS.filter(({ name }) => wanted?.includes(name) ?? true);
  for await (const row of runRows(chosen, { target, isShort: options.short, folder: FOLDER, seed: SEED })) {
    rows.push(row);
    console.log(lineOf(row));
  }
  const { node } = process.versions;
  const machine = { node, cores: availableParallelism(), kernel: release(), loadBefore };
  return { target: target.name, ...machine, proof, rows };
}

try {
  const results = await runAll();
  if (!options.short && options.row === undefined && options.target === 'service') {
    await writeFile(join(RESULTS, 'chaos.md'), markdownOf(results));
    await writeFile(join(RESULTS, 'chaos.json'), `${JSON.stringify(results, null, 2)}\n`);
  }
  process.exitCode = isMet(results) ? 0 : 1;
} finally {
  await rm(FOLDER, { recursive: true, force: true });
}

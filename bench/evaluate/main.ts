import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { evaluateSet } from './case-evaluation.ts';
import { readCases } from './cases/truth.ts';
import type { JudgedFigure } from './figure.ts';
import { isWanted, readOptions } from './options.ts';
import { SIMULATIONS } from './simulation/simulations.ts';
import { evaluateSimulation } from './simulation-evaluation.ts';
import { type Evaluation, jsonOf, markdownOf, plainTable } from './table.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const CASES = join(ROOT, '../shared/cases');
const RESULTS = join(ROOT, 'bench/results');
const QUICK_CASES = 10;

const options = readOptions(process.argv.slice(2));
const sets = readCases(CASES);
if (sets.size === 0) {
  console.error('!! ../shared/cases is not there: NO REAL CASE IS EVALUATED, only the simulations run');
}
const known = [...sets.keys(), ...SIMULATIONS.keys()];
const unknown = [...(options.wanted ?? [])].filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`nothing is named ${unknown.join(', ')}; there are ${known.join(', ')}`);
  process.exit(2);
}

const figures: JudgedFigure[] = [];
const details: JudgedFigure[] = [];
for (const [set, cases] of sets) {
  if (!isWanted(options, set)) continue;
  const { figures: found, wrong } = await evaluateSet(set, options.quick ? cases.slice(0, QUICK_CASES) : cases);
  figures.push(...found);
  if (options.wrong) console.log(wrong.map((line) => `  ${line}`).join('\n'));
}
for (const simulation of SIMULATIONS.values()) {
  if (!isWanted(options, simulation.name)) continue;
  const found = await evaluateSimulation(simulation, options.quick);
  figures.push(...found.figures);
  details.push(...found.details);
  for (const line of found.failed) console.error(`!! ${line}`);
  if (found.failed.length > 0) process.exitCode = 1;
}
const evaluation: Evaluation = { node: process.version, cores: availableParallelism(), figures, details };
console.log(plainTable(figures));
const missed = figures.filter(({ met }) => met === false).length;
console.log(`${figures.filter(({ met }) => met !== null).length} figures have a bar, ${missed} miss it`);
await write(evaluation);

/** Only a full run says how right the verdicts are; anything less lies beside it under a name of its own. */
async function write(result: Evaluation): Promise<void> {
  const whole = !options.quick && options.wanted === null && sets.size > 0;
  const name = join(RESULTS, whole ? 'evaluate' : 'evaluate.partial');
  await mkdir(RESULTS, { recursive: true });
  await writeFile(`${name}.md`, markdownOf(result));
  await writeFile(`${name}.json`, jsonOf(result));
  console.log(`written to bench/results/evaluate${whole ? '' : '.partial'}.md and .json`);
}

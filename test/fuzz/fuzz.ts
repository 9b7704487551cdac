import { seededRandom } from '../support/seeded-random.ts';
import { type Chance, pick } from './chance.ts';
import type { FuzzTarget, Take } from './fuzz-target.ts';
import { mutateBytes } from './mutate-bytes.ts';

/** Processor time one input may take. The whole process is timed: what else it did may slow an input once, not twice. */
export const LIMIT_SECONDS = 1;
/** Mutants that showed a problem not seen before are mutated on. */
const MOST_DISCOVERIES = 500;
/** Larger mutants would cost the run more inputs than they are worth. */
const MOST_BYTES = 1 << 16;

export interface FuzzFailure {
  readonly reason: string;
  readonly input: Buffer;
  /** Which input of the run it was, from 0. */
  readonly index: number;
}

export interface FuzzResult {
  readonly inputs: number;
  readonly executionsPerSecond: number;
  readonly slowestSeconds: number;
  /** How often each distinct problem came up. */
  readonly problems: ReadonlyMap<string, number>;
  /** Inputs without a problem. */
  readonly sound: number;
  readonly failures: readonly FuzzFailure[];
}

/** Feeds a target with mutants of its corpus, the same ones for the same seed, up to the first few failures. */
export function fuzz(target: FuzzTarget, inputs: number, seed: number, mostFailures = 5): FuzzResult {
  const chance = seededRandom(seed).uniform;
  const take = target.open();
  const pool = [...target.corpus];
  const problems = new Map<string, number>();
  const failures: FuzzFailure[] = [];
  let [sound, slowest, spent, index] = [0, 0, 0, 0];
  for (; index < inputs && failures.length < mostFailures; index++) {
    const input = index < target.corpus.length ? target.corpus[index]! : mutant(target, pool, chance);
    const { problem, failure, seconds } = runTimed(target, take, input);
    slowest = Math.max(slowest, seconds);
    spent += seconds;
    if (failure !== null) failures.push({ reason: failure, input, index });
    else if (problem === null) sound++;
    else {
      const known = problems.get(problem) ?? 0;
      problems.set(problem, known + 1);
      if (known === 0 && pool.length < target.corpus.length + MOST_DISCOVERIES) pool.push(input);
    }
  }
  return { inputs: index, executionsPerSecond: index / spent, slowestSeconds: slowest, problems, sound, failures };
}

/** Half of them change what is said, half the bytes, some both. */
function mutant(target: FuzzTarget, pool: readonly Buffer[], chance: Chance): Buffer {
  const found = mutantOf(pick(pool, chance), target, pool, chance);
  return found.length <= MOST_BYTES ? found : found.subarray(0, MOST_BYTES);
}

function mutantOf(input: Buffer, target: FuzzTarget, pool: readonly Buffer[], chance: Chance): Buffer {
  const choice = chance();
  if (choice < 0.4 || target.mutate === undefined) return mutateBytes(input, pool, chance);
  let told = input;
  const changes = 1 + Math.floor(chance() ** 2 * 4);
  for (let change = 0; change < changes && told.length <= MOST_BYTES; change++) told = target.mutate(told, chance);
  return choice < 0.9 ? told : mutateBytes(told, pool, chance);
}

/** What was slow runs again: where it ran, for what came of the inputs before, and in a fresh one, for what it caches. */
function runTimed(target: FuzzTarget, take: Take, input: Buffer) {
  const first = runOnce(take, input);
  if (first.failure !== null || first.seconds <= LIMIT_SECONDS) return first;
  const again = [take, target.open()].map((one) => runOnce(one, input));
  const seconds = Math.min(first.seconds, Math.max(...again.map((one) => one.seconds)));
  const slow = seconds > LIMIT_SECONDS ? `it took ${seconds.toFixed(2)} s` : null;
  const failed = again.find(({ failure }) => failure !== null)?.failure ?? null;
  return { problem: first.problem, failure: failed ?? slow, seconds };
}

function runOnce(take: Take, input: Buffer) {
  const started = process.cpuUsage();
  let problem: string | null = null;
  let failure: string | null = null;
  try {
    problem = take(input);
  } catch (error) {
    failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const { user, system } = process.cpuUsage(started);
  const seconds = (user + system) / 1e6;
  return { problem, failure, seconds };
}

export function describeFuzz(name: string, seed: number, result: FuzzResult): string {
  const { inputs, executionsPerSecond, slowestSeconds, problems, sound, failures } = result;
  const found = [...problems].sort(([, left], [, right]) => right - left);
  return [
    `${name}: ${inputs} inputs (seed ${seed}), ${Math.round(executionsPerSecond)} executions a second, ` +
      `slowest ${(1000 * slowestSeconds).toFixed(1)} ms, ${sound} sound, ` +
      `${problems.size} distinct problems, ${failures.length} failures`,
    ...found.map(([problem, count]) => `  ${String(count).padStart(8)}  ${problem}`),
    ...failures.map(({ reason, input, index }) => `input ${index}: ${reason}\n${shown(input)}`),
  ].join('\n');
}

/** A long one is had again from its seed and number. */
function shown(input: Buffer): string {
  const text = input.toString('base64');
  return text.length <= 4000 ? text : `${text.slice(0, 4000)}… (${input.length} bytes)`;
}

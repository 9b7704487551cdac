import { describe, expect, it } from 'vitest';
import { seededRandom } from '../support/seeded-random.ts';
import { mutated } from './mutation.ts';
import { OTLP_TARGETS } from './otlp-targets.ts';
import { PROMETHEUS_TARGETS } from './prometheus-targets.ts';

/** A million and more with FUZZ_INPUTS, at another place with FUZZ_SEED. */
const INPUTS = Number(process.env.FUZZ_INPUTS ?? 20_000);
/** What takes longer is a hang, on the slowest of machines. */
const HANG_MS = 10_000;
const SEED = Number(process.env.FUZZ_SEED ?? 1);

const TARGETS = [...OTLP_TARGETS, ...PROMETHEUS_TARGETS];

describe.each(TARGETS.map((target) => [target.name, target] as const))('%s', (name, target) => {
  it('takes what it was made for', () => {
    for (const input of target.corpus) target.take(input);
  });

  it(`answers ${INPUTS} inputs that were changed at random`, { timeout: 3_600_000 }, () => {
    const random = seededRandom(SEED);
    let slowestMs = 0;
    for (let i = 0; i < INPUTS; i++) {
      const input = mutated(target.corpus, random);
      const started = performance.now();
      try {
        target.take(input);
      } catch (error) {
        expect.fail(`input ${i} of seed ${SEED}, ${input.toString('hex')}: ${(error as Error).stack}`);
      }
      slowestMs = Math.max(slowestMs, performance.now() - started);
    }
    console.log(`${name}: ${INPUTS} inputs, slowest ${slowestMs.toFixed(1)} ms`);
    expect(slowestMs, 'an input that holds the loop').toBeLessThan(HANG_MS);
  });
});

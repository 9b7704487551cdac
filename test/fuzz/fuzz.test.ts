import { describe, expect, it } from 'vitest';
import { describeFuzz, fuzz, LIMIT_SECONDS } from './fuzz.ts';
import { FUZZ_TARGETS, type FuzzTarget } from './targets.ts';

const INPUTS = 60_000;
const SEED = 20261125;

describe('decoders fed by strangers', () => {
  it.each(FUZZ_TARGETS)('never throw, break the contract of their sink or take a second: $name', (target) => {
    const result = fuzz(target, Math.ceil(INPUTS / FUZZ_TARGETS.length), SEED);
    console.log(describeFuzz(target.name, SEED, result));
    expect(result.failures).toEqual([]);
    expect(result.problems.size).toBeGreaterThan(10);
    expect(result.sound).toBeGreaterThan(result.inputs / 20);
  });
});

describe('the harness', () => {
  const target = FUZZ_TARGETS[0]!;
  const planted = (run: (input: Buffer) => string | null): FuzzTarget => ({ ...target, open: () => run });

  it('finds a decoder that throws on a value that is NaN somewhere', () => {
    const nan = Buffer.from([0, 0, 0, 0, 0, 0, 0xf8, 0x7f]);
    const run = (input: Buffer) => {
      if (input.subarray(40).includes(nan) && input.length > 300) throw new Error('planted');
      return null;
    };
    expect(fuzz(planted(run), 20_000, SEED).failures[0]?.reason).toMatch(/planted/);
  });

  it('finds a decoder that is slow on what is large', () => {
    const run = (input: Buffer) => {
      const started = process.cpuUsage();
      const spent = () => process.cpuUsage(started).user / 1e6;
      while (input.length > 50_000 && spent() < 1.1 * LIMIT_SECONDS);
      return null;
    };
    expect(fuzz(planted(run), 20_000, SEED, 1).failures[0]?.reason).toMatch(/it took/);
  });

  it('makes the same inputs again from the same seed', () => {
    const inputsOf = (seed: number) => {
      const seen: string[] = [];
      const keep = (input: Buffer) => {
        seen.push(input.toString('base64'));
        return null;
      };
      fuzz(planted(keep), 500, seed);
      return seen;
    };
    expect(inputsOf(SEED)).toEqual(inputsOf(SEED));
    expect(inputsOf(SEED)).not.toEqual(inputsOf(SEED + 1));
  });
});

import { describe, expect, it } from 'vitest';
import { describeFuzz, fuzz, LIMIT_SECONDS } from './fuzz.ts';
import type { FuzzTarget, Take } from './fuzz-target.ts';
import { FUZZ_TARGETS } from './targets.ts';

/** For each decoder. A million and more with FUZZ_INPUTS, at another place with FUZZ_SEED. */
const INPUTS = Number(process.env.FUZZ_INPUTS ?? 20_000);
const SEED = Number(process.env.FUZZ_SEED ?? 1);

describe('decoders fed by strangers', () => {
  it.each(FUZZ_TARGETS.map((target) => [target.name, target] as const))(
    'never throw, break the contract of their sink or take a second: %s',
    { timeout: 3_600_000 },
    (name, target) => {
      const result = fuzz(target, INPUTS, SEED);
      console.log(describeFuzz(name, SEED, result));
      expect(result.failures).toEqual([]);
      expect(result.sound).toBeGreaterThan(result.inputs / 50);
    },
  );
});

describe('the harness', () => {
  const target = FUZZ_TARGETS.find(({ name }) => name === 'OTLP metrics, application/x-protobuf')!;
  const planted = (take: Take): FuzzTarget => ({ ...target, open: () => take });

  it('finds a decoder that throws on a value that is NaN somewhere', () => {
    const nan = Buffer.from([0, 0, 0, 0, 0, 0, 0xf8, 0x7f]);
    const take = (input: Buffer) => {
      if (input.subarray(40).includes(nan) && input.length > 300) throw new Error('planted');
      return null;
    };
    expect(fuzz(planted(take), 20_000, SEED).failures[0]?.reason).toMatch(/planted/);
  });

  it('finds a decoder that is slow on what is large', () => {
    const take = (input: Buffer) => {
      const started = process.cpuUsage();
      while (input.length > 10_000 && process.cpuUsage(started).user / 1e6 < 1.1 * LIMIT_SECONDS);
      return null;
    };
    expect(fuzz(planted(take), 20_000, SEED, 1).failures[0]?.reason).toMatch(/it took/);
  });

  it('finds a decoder that is slow until it has cached what came', () => {
    const open = (): Take => {
      const cached = new Set<string>();
      return (input) => {
        const started = process.cpuUsage();
        while (!cached.has(input.toString('latin1')) && process.cpuUsage(started).user / 1e6 < 1.1 * LIMIT_SECONDS);
        cached.add(input.toString('latin1'));
        return null;
      };
    };
    expect(fuzz({ ...target, open }, 1, SEED).failures[0]?.reason).toMatch(/it took/);
  });

  it('takes nothing for slow that is slow once', () => {
    let isSlow = true;
    const take = () => {
      const started = process.cpuUsage();
      while (isSlow && process.cpuUsage(started).user / 1e6 < 1.1 * LIMIT_SECONDS);
      isSlow = false;
      return null;
    };
    const { failures, slowestSeconds } = fuzz(planted(take), 10, SEED);
    expect(failures).toEqual([]);
    expect(slowestSeconds).toBeLessThanOrEqual(LIMIT_SECONDS);
  });

  it('makes the same inputs again from the same seed', () => {
    const inputsOf = (seed: number) => {
      const seen: string[] = [];
      fuzz(
        planted((input) => {
          seen.push(input.toString('base64'));
          return null;
        }),
        1000,
        seed,
      );
      return seen;
    };
    expect(inputsOf(SEED)).toEqual(inputsOf(SEED));
    expect(inputsOf(SEED)).not.toEqual(inputsOf(SEED + 1));
  });
});

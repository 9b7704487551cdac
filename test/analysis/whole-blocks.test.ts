import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BASELINE, type Phases, POST, phaseOf } from '../../src/analysis/phases.ts';
import { wholeBlocks } from '../../src/analysis/whole-blocks.ts';

const LATEST_MS = 120;
const arbitraryWindow = fc
  .tuple(fc.integer({ min: -20, max: LATEST_MS }), fc.integer({ min: 0, max: 60 }))
  .map(([startMs, lengthMs]) => ({ startMs, endMs: startMs + lengthMs }));
const arbitraryPhases: fc.Arbitrary<Phases> = fc.record({
  resolutionMs: fc.integer({ min: 1, max: 20 }),
  baseline: fc.array(arbitraryWindow, { maxLength: 4 }),
  window: fc.option(arbitraryWindow),
  post: fc.option(arbitraryWindow),
});

describe('the whole blocks of a phase', () => {
  it('are as many as a walk over all blocks finds, however windows overlap', () => {
    fc.assert(
      fc.property(arbitraryPhases, fc.constantFrom(BASELINE, POST), (phases, phase) => {
        const blocks = Array.from({ length: 300 }, (_, place) => place - 50);
        const walked = blocks.filter((block) => phaseOf(phases, block) === phase);
        expect(wholeBlocks(phases, phase)).toBe(walked.length);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are counted of centuries, also where maintenance takes all of them or all but some', () => {
    const [startMs, endMs] = [Date.UTC(1), Date.UTC(9999)];
    const phases: Phases = { resolutionMs: 1_000, baseline: [{ startMs, endMs }], window: null, post: null };
    const all = (endMs - startMs) / 1_000;
    expect(wholeBlocks(phases, BASELINE)).toBe(all);
    expect(wholeBlocks({ ...phases, window: { startMs, endMs } }, BASELINE)).toBe(0);
    expect(wholeBlocks({ ...phases, window: { startMs: startMs + 1_500, endMs } }, BASELINE)).toBe(1);
    expect(wholeBlocks({ ...phases, post: { startMs, endMs } }, POST)).toBe(0);
  });
});

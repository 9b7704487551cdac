import { describe, expect, it } from 'vitest';
import { type ChaosResults, type RowOutcome, updated } from './results.ts';

const machine = { target: 'service', node: '20', cores: 2, kernel: '6' };
const proof = { caught: ['a'], missed: [], falseAlarms: [] };

function row(name: string, seconds: number): RowOutcome {
  return { name, bar: '', seconds, loadBefore: 0, result: { figures: {}, misses: [], skipped: null } };
}

function results(...rows: RowOutcome[]): ChaosResults {
  return { ...machine, proof: null, rows };
}

describe('figures of a run over some rows', () => {
  it('replace what these rows told before, and leave the others where they stand', () => {
    const before = { ...results(row('killed', 1), row('frozen', 1)), proof };
    const both = updated(before, results(row('power cut', 2), row('killed', 2)), ['killed', 'power cut', 'frozen']);
    expect(both.rows).toEqual([row('killed', 2), row('power cut', 2), row('frozen', 1)]);
    expect(both.proof).toBe(proof);
  });

  it('forget rows that there are no longer', () => {
    expect(updated(results(row('killed', 1)), results(), ['frozen']).rows).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REQUESTS } from '../../../src/domain/cells.ts';
import { CellBuilder } from '../../../src/ingest/folding/cell-builder.ts';
import { LayoutTable } from '../../../src/ingest/folding/layout-table.ts';
import { cellKey } from '../../support/simulated-cells.ts';

const KNOWN = { errors: true, attempts: true, retries: false, delays: false };
const blocks = fc.array(fc.integer({ min: -5, max: 40 }), { maxLength: 120 });

function countsOf(builder: CellBuilder, of: readonly number[]): [number, number][] {
  builder.clear();
  for (const [position, block] of of.entries()) builder.add(block, position + 1, 0, 0, 0);
  const { block, count } = builder.build(cellKey(), REQUESTS, KNOWN).series;
  return Array.from(block, (one, row) => [one, count[row]!]);
}

describe('cells of one series', () => {
  it('are one a block, in time order, whatever order the blocks came in and whatever was built before', () => {
    const builder = new CellBuilder(new LayoutTable());
    fc.assert(
      fc.property(blocks, (of) => {
        const expected = new Map<number, number>();
        for (const [position, block] of of.entries()) expected.set(block, (expected.get(block) ?? 0) + position + 1);
        expect(countsOf(builder, of)).toEqual([...expected].sort(([left], [right]) => left - right));
      }),
      { numRuns: 500 },
    );
  });

  it('are found again by every stream of the series, in time order or against it', () => {
    const hour = Array.from({ length: 60 }, (_, minute) => minute);
    const counts = countsOf(new CellBuilder(new LayoutTable()), [...hour, ...hour, ...hour.toReversed()]);
    expect(counts.map(([block]) => block)).toEqual(hour);
    expect(counts.map(([, count]) => count)).toEqual(hour.map((minute) => minute + 1 + (minute + 61) + (180 - minute)));
  });
});

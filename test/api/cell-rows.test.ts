import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CellRow, pageOfCells, type RowPlace } from '../../src/api/cell-rows.ts';
import { type Cells, REQUESTS } from '../../src/domain/cells.ts';
import { cellKey } from '../support/simulated-cells.ts';

const blocks = fc.uniqueArray(fc.integer({ min: 0, max: 20 }), { maxLength: 12 });
const services = fc.uniqueArray(fc.string({ maxLength: 3 }), { minLength: 1, maxLength: 6 });
const anyCells = services.chain((names) =>
  fc.tuple(...names.map(() => blocks)).map((of): Cells => cellsOf(names.map((service, i) => [service, of[i]!]))),
);

describe('pages of cells', () => {
  it('hold every row once, by block and then by series, whatever the size of a page', () => {
    fc.assert(
      fc.property(anyCells, fc.integer({ min: 1, max: 9 }), (cells, limit) => {
        const paged = allPages(cells, limit);
        expect(paged.map(placeOf)).toEqual(sortedPlaces(cells));
      }),
    );
  });

  it('go on after a row that is gone, and show what came in behind it', () => {
    fc.assert(
      fc.property(anyCells, anyCells, fc.integer({ min: 1, max: 9 }), (cells, later, limit) => {
        const { rows, last } = pageOfCells(cells, null, limit);
        fc.pre(last !== null);
        const seen = placeOf(rows.at(-1)!);
        const rest = pageOfCells(later, last, 1_000).rows.map(placeOf);
        expect(rest).toEqual(sortedPlaces(later).filter((place) => comparePlaces(place, seen) > 0));
      }),
    );
  });

  it('leave out what is no ordinary traffic', () => {
    const cells = cellsOf([['a', [1, 2]]]);
    const named = cells.series.map((series) => ({ ...series, measure: 'queue_depth' }));
    expect(pageOfCells({ ...cells, series: named }, null, 10)).toEqual({ rows: [], last: null });
  });
});

function cellsOf(series: readonly (readonly [string, readonly number[]])[]): Cells {
  return {
    resolutionMs: 60_000,
    series: series.map(([service, of]) => {
      const block = Int32Array.from(of).sort();
      return {
        key: cellKey({ service }),
        measure: REQUESTS,
        block,
        count: Float64Array.from(block),
        sum: null,
        errors: null,
        attempts: null,
        retries: null,
        histogram: null,
      };
    }),
    calls: [],
    evaluations: [],
  };
}

function allPages(cells: Cells, limit: number): CellRow[] {
  const rows: CellRow[] = [];
  for (let after: RowPlace | null = null, isOver = false; !isOver; ) {
    const page = pageOfCells(cells, after, limit);
    expect(page.rows.length).toBeLessThanOrEqual(limit);
    rows.push(...page.rows);
    after = page.last;
    isOver = after === null;
  }
  return rows;
}

type Place = readonly [block: number, service: string];

function placeOf({ start, service }: CellRow): Place {
  return [Date.parse(start) / 60_000, service];
}

function sortedPlaces(cells: Cells): Place[] {
  return cells.series.flatMap(({ key, block }) => [...block].map((at): Place => [at, key.service])).sort(comparePlaces);
}

function comparePlaces(a: Place, b: Place): number {
  const [first, second] = [JSON.stringify(a[1]), JSON.stringify(b[1])];
  return a[0] - b[0] || (first < second ? -1 : first > second ? 1 : 0);
}

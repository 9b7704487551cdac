import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import { cursorOf, foreignCursor, keyOf } from '../../domain/cursor.ts';
import type { Window } from '../../domain/window.ts';
import type { CellRow, RowPlace } from '../cell-rows.ts';
import { csvOf } from '../csv.ts';
import { type Endpoint, queryOf } from '../endpoint.ts';
import { cursorParameter, linkNext } from '../paging.ts';
import { cellListSchema } from '../schemas.ts';
import { rangeOf, rangeParameters } from '../time-range.ts';
import { clientSignal } from '../waiting.ts';

const HOUR_MS = 3_600_000;
const RANGE = { usualMs: HOUR_MS, longestMs: 7 * 24 * HOUR_MS };
const TYPES = ['application/json', 'text/csv'];

const cellsQuery = z.object({
  service: z.string().min(1).optional(),
  endpoint: z.string().min(1).optional(),
  ...rangeParameters,
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
  cursor: cursorParameter,
});

const COLUMNS = [
  'service',
  'endpoint',
  'peer',
  'instance',
  'version',
  'source',
  'start',
  'seconds',
  'requests',
  'errors',
  'attempts',
  'retries',
  'sum',
] as const satisfies readonly (keyof CellRow)[];

const readCells: Endpoint = {
  method: 'get',
  path: '/api/v1/cells',
  scope: 'read',
  summary: 'The cells behind any number',
  description:
    'By block and series, of the last hour unless the query says otherwise; `Accept: text/csv` for CSV, whose next page is in the `Link` header and whose flags and buckets are JSON.',
  query: cellsQuery,
  answers: {
    200: { says: 'a page of cells', content: { 'application/json': cellListSchema, 'text/csv': z.string() } },
  },
  handle: async (context, parts) => {
    const query = queryOf(context, cellsQuery);
    const [service, endpoint] = [query.service ?? null, query.endpoint ?? null];
    const { window, after } = query.cursor === undefined ? firstPage(query, parts.now()) : placeOf(query.cursor);
    const { tenant } = context.get('caller');
    const wanted = { service, endpoint, window, after, limit: query.limit };
    const { rows, last } = await parts.cells(tenant, wanted, clientSignal(context));
    const next = last === null ? null : nextOf(last, window);
    linkNext(context, next);
    context.header('Vary', 'Accept, Authorization');
    return isCsvWanted(context) ? csvAnswer(context, rows) : context.json({ cells: rows, next });
  },
};

export const cellEndpoints = [readCells];

function isCsvWanted(context: Context): boolean {
  return accepts(context, { header: 'Accept', supports: TYPES, default: TYPES[0]! }) === 'text/csv';
}

function csvAnswer(context: Context, rows: readonly CellRow[]): Response {
  const lines = rows.map((row) => [
    ...COLUMNS.map((column) => row[column]),
    JSON.stringify(row.flags),
    row.buckets === null ? null : JSON.stringify(row.buckets),
  ]);
  context.header('Content-Type', 'text/csv; charset=utf-8; header=present');
  context.header('Content-Disposition', 'attachment; filename="cells.csv"');
  return context.body(csvOf([...COLUMNS, 'flags', 'buckets'], lines));
}

interface ListPlace {
  readonly window: Window;
  readonly after: RowPlace | null;
}

function firstPage(query: z.output<typeof cellsQuery>, nowMs: number): ListPlace {
  return { window: rangeOf(query, nowMs, RANGE), after: null };
}

/** With the stretch of time of the first page: "now" is another time on each, and another list. */
function nextOf({ block, series }: RowPlace, { startMs, endMs }: Window): string {
  return cursorOf([startMs, endMs, block, series]);
}

function placeOf(cursor: string): ListPlace {
  const [startMs, endMs, block, series] = keyOf(cursor, 'number', 'number', 'number', 'string');
  if (!(startMs < endMs && endMs - startMs <= RANGE.longestMs)) throw foreignCursor();
  return { window: { startMs, endMs }, after: { block, series } };
}

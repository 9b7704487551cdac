import { and, eq, exists, gt, gte, isNull } from 'drizzle-orm';
import type { Queries, RecordDatabase } from './record-database.ts';
import type { RecordTables } from './tables.ts';

/** Clocks that are kept right are put back by less all the time. */
const TOLERANCE_MS = 60_000;

/** What a clock that ran ahead has left behind; the rest of such times is judged where it is read. */
export async function putBack(database: RecordDatabase, nowMs: number): Promise<number> {
  const { upgrades, reports } = database.tables;
  const latestMs = nowMs + TOLERANCE_MS;
  return await database.transaction(async (queries) => {
    const reopened = await queries
      .update(upgrades)
      .set({ dueMs: nowMs })
      .where(and(isNull(upgrades.dueMs), exists(lastReportsAfter(queries, database.tables, latestMs))))
      .returning({ name: upgrades.name });
    const isAhead = gt(reports.madeMs, latestMs);
    // A report on the document before stays one.
    await queries
      .update(reports)
      .set({ madeMs: nowMs - 1 })
      .where(and(gte(reports.madeMs, nowMs), exists(changedSince(queries, database.tables, latestMs))));
    await queries.update(reports).set({ madeMs: nowMs }).where(isAhead);
    await queries.update(upgrades).set({ changedMs: nowMs }).where(gt(upgrades.changedMs, latestMs));
    return reopened.length;
  });
}

function lastReportsAfter(queries: Queries, { upgrades, reports }: RecordTables, latestMs: number) {
  return queries
    .select({ revision: reports.revision })
    .from(reports)
    .where(
      and(
        eq(reports.tenant, upgrades.tenant),
        eq(reports.upgrade, upgrades.name),
        eq(reports.revision, upgrades.lastRevision),
        gt(reports.madeMs, latestMs),
      ),
    );
}

function changedSince(queries: Queries, { upgrades, reports }: RecordTables, latestMs: number) {
  return queries
    .select({ name: upgrades.name })
    .from(upgrades)
    .where(
      and(
        eq(upgrades.tenant, reports.tenant),
        eq(upgrades.name, reports.upgrade),
        gt(upgrades.changedMs, reports.madeMs),
        gt(upgrades.changedMs, latestMs),
      ),
    );
}

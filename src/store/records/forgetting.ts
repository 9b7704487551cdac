import { and, eq, lt, lte, sql } from 'drizzle-orm';
import type { Forgotten } from '../../domain/record-store.ts';
import type { Queries, RecordDatabase } from './record-database.ts';

/** SQLite blocks the thread for as long as a statement takes. */
const ROWS_A_STATEMENT = 1_000;

/** Announced changes and superseded reports from before `beforeMs`, and answers that have run out by `nowMs`. */
export async function forgetRecords(database: RecordDatabase, beforeMs: number, nowMs: number): Promise<Forgotten> {
  return {
    changes: await allOf(database, (queries) => forgetChanges(database, queries, beforeMs)),
    reports: await allOf(database, (queries) => forgetReports(database, queries, beforeMs)),
    answers: await allOf(database, (queries) => forgetAnswers(database, queries, nowMs)),
  };
}

/** Statement by statement, so that others get their turn. */
async function allOf(
  database: RecordDatabase,
  forgetSome: (queries: Queries) => PromiseLike<readonly unknown[]>,
): Promise<number> {
  let total = 0;
  for (;;) {
    const { length } = await database.run(forgetSome);
    total += length;
    if (length < ROWS_A_STATEMENT) return total;
  }
}

/** Neither happened nor announced since: who tells of the past means it. */
function forgetChanges({ tables: { changes } }: RecordDatabase, queries: Queries, beforeMs: number) {
  const { tenant, id } = changes;
  const old = queries
    .select({ tenant, id })
    .from(changes)
    .where(and(lt(changes.atMs, beforeMs), lt(changes.receivedMs, beforeMs)))
    .limit(ROWS_A_STATEMENT);
  return queries.delete(changes).where(sql`(${tenant}, ${id}) IN ${old}`).returning({ id });
}

/** The latest report of an upgrade is its answer, and stays. */
function forgetReports({ tables: { reports, upgrades } }: RecordDatabase, queries: Queries, beforeMs: number) {
  const { tenant, upgrade, revision } = reports;
  const old = queries
    .select({ tenant, upgrade, revision })
    .from(reports)
    .innerJoin(upgrades, and(eq(upgrades.tenant, tenant), eq(upgrades.name, upgrade)))
    .where(and(lt(reports.madeMs, beforeMs), lt(revision, upgrades.lastRevision)))
    .limit(ROWS_A_STATEMENT);
  return queries.delete(reports).where(sql`(${tenant}, ${upgrade}, ${revision}) IN ${old}`).returning({ revision });
}

function forgetAnswers({ tables: { answers } }: RecordDatabase, queries: Queries, nowMs: number) {
  const { tenant, idempotencyKey } = answers;
  const old = queries
    .select({ tenant, idempotencyKey })
    .from(answers)
    .where(lte(answers.untilMs, nowMs))
    .limit(ROWS_A_STATEMENT);
  return queries.delete(answers).where(sql`(${tenant}, ${idempotencyKey}) IN ${old}`).returning({ tenant });
}

import { and, asc, eq, gte, lt, sql } from 'drizzle-orm';
import type { ChangeRecord, SloRecord } from '../../domain/record-store.ts';
import type { RecordDatabase } from './record-database.ts';

/** Rows of one statement: SQLite takes 32,766 parameters, PostgreSQL 65,535. */
const ROWS_A_STATEMENT = 1_000;

export async function addChanges(database: RecordDatabase, added: readonly ChangeRecord[]): Promise<number> {
  const { changes } = database.tables;
  if (added.length === 0) return 0;
  return await database.transaction(async (queries) => {
    let fresh = 0;
    for (let from = 0; from < added.length; from += ROWS_A_STATEMENT) {
      const rows = added.slice(from, from + ROWS_A_STATEMENT);
      const inserted = queries.insert(changes).values(rows).onConflictDoNothing().returning({ id: changes.id });
      fresh += (await inserted).length;
    }
    return fresh;
  });
}

export async function changesBetween(
  database: RecordDatabase,
  tenant: string,
  fromMs: number,
  toMs: number,
): Promise<ChangeRecord[]> {
  const { changes } = database.tables;
  return await database.run((queries) =>
    queries
      .select()
      .from(changes)
      .where(and(eq(changes.tenant, tenant), gte(changes.atMs, fromMs), lt(changes.atMs, toMs)))
      .orderBy(asc(changes.atMs), asc(changes.id)),
  );
}

export async function putSlo(database: RecordDatabase, slo: SloRecord, over?: string): Promise<boolean> {
  const { slos } = database.tables;
  if (over !== undefined) {
    const { tenant, name, document, changedMs } = slo;
    const isIt = and(eq(slos.tenant, tenant), eq(slos.name, name), eq(slos.document, over));
    const replaced = await database.run((queries) =>
      queries.update(slos).set({ document, changedMs }).where(isIt).returning({ name: slos.name }),
    );
    return replaced.length > 0;
  }
  await database.run((queries) =>
    queries
      .insert(slos)
      .values(slo)
      .onConflictDoUpdate({
        target: [slos.tenant, slos.name],
        set: { document: sql`excluded.document`, changedMs: sql`excluded.changed_ms` },
      }),
  );
  return true;
}

export async function removeSlo(database: RecordDatabase, tenant: string, name: string): Promise<boolean> {
  const { slos } = database.tables;
  const removed = await database.run((queries) =>
    queries
      .delete(slos)
      .where(and(eq(slos.tenant, tenant), eq(slos.name, name)))
      .returning({ name: slos.name }),
  );
  return removed.length > 0;
}

export async function listSlos(database: RecordDatabase, tenant: string): Promise<SloRecord[]> {
  const { slos } = database.tables;
  return await database.run((queries) =>
    queries.select().from(slos).where(eq(slos.tenant, tenant)).orderBy(asc(slos.name)),
  );
}

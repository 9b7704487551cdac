import { and, desc, eq, isNotNull, lt, lte, type SQL } from 'drizzle-orm';
import { keyOf } from '../../domain/cursor.ts';
import type { Claim, Outcome, Page, PageRequest, ReportRecord } from '../../domain/record-store.ts';
import { pageOf } from './page.ts';
import type { Queries, RecordDatabase } from './record-database.ts';
import type { RecordTables } from './tables.ts';
import { endClaim } from './upgrade-records.ts';

/** An open upgrade is reported on every half minute for days: of older reports only the verdict is kept. */
export const KEPT_DOCUMENTS = 50;

type Reports = RecordTables['reports'];

/** Report, next due time and end of the lease: one transaction. */
export async function settle(database: RecordDatabase, claim: Claim, outcome: Outcome): Promise<boolean> {
  const { upgrades, reports } = database.tables;
  const { tenant, name: upgrade } = claim.upgrade;
  return await database.transaction(async (queries) => {
    const revision = await endClaim(queries, upgrades, claim, outcome.nextDueMs);
    if (revision === null) return false;
    await queries.insert(reports).values({ tenant, upgrade, revision, ...outcome.report });
    await forgetDocuments(queries, reports, tenant, upgrade, revision - KEPT_DOCUMENTS);
    return true;
  });
}

async function forgetDocuments(
  queries: Queries,
  reports: Reports,
  tenant: string,
  upgrade: string,
  upTo: number,
): Promise<void> {
  if (upTo < 1) return;
  await queries
    .update(reports)
    .set({ document: null })
    .where(
      and(
        isOf(reports, tenant, upgrade),
        lte(reports.revision, upTo),
        eq(reports.isFinal, false),
        isNotNull(reports.document),
      ),
    );
}

function isOf(reports: Reports, tenant: string, upgrade: string): SQL | undefined {
  return and(eq(reports.tenant, tenant), eq(reports.upgrade, upgrade));
}

export async function latestReport(
  database: RecordDatabase,
  tenant: string,
  upgrade: string,
): Promise<ReportRecord | null> {
  const { reports } = database.tables;
  const rows = await database.run((queries) =>
    queries
      .select()
      .from(reports)
      .where(isOf(reports, tenant, upgrade))
      .orderBy(desc(reports.revision))
      .limit(1),
  );
  return whole(rows[0]);
}

export async function findReport(
  database: RecordDatabase,
  tenant: string,
  upgrade: string,
  revision: number,
): Promise<ReportRecord | null> {
  const { reports } = database.tables;
  const rows = await database.run((queries) =>
    queries
      .select()
      .from(reports)
      .where(and(isOf(reports, tenant, upgrade), eq(reports.revision, revision))),
  );
  return whole(rows[0]);
}

function whole(row: Reports['$inferSelect'] | undefined): ReportRecord | null {
  if (row === undefined || row.document === null) return null;
  return { ...row, document: row.document };
}

export async function listReports(
  database: RecordDatabase,
  tenant: string,
  upgrade: string,
  page: PageRequest,
): Promise<Page<Omit<ReportRecord, 'document'>>> {
  const { reports } = database.tables;
  const before = page.after === null ? undefined : lt(reports.revision, keyOf(page.after, 'number')[0]);
  const rows = await database.run((queries) =>
    queries
      .select(columnsBesideDocument(reports))
      .from(reports)
      .where(and(isOf(reports, tenant, upgrade), before))
      .orderBy(desc(reports.revision))
      .limit(page.limit + 1),
  );
  return pageOf(rows, page.limit, (row) => [row.revision]);
}

function columnsBesideDocument({ tenant, upgrade, revision, madeMs, verdict, digest, isFinal }: Reports) {
  return { tenant, upgrade, revision, madeMs, verdict, digest, isFinal };
}

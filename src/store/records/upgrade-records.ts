import { and, asc, desc, eq, gt, isNull, lt, lte, ne, or, type SQL, sql } from 'drizzle-orm';
import { keyOf } from '../../domain/cursor.ts';
import type { Claim, Page, PageRequest, PutOutcome, UpgradeRecord } from '../../domain/record-store.ts';
import { pageOf } from './page.ts';
import type { Queries, RecordDatabase } from './record-database.ts';
import { storableText } from './stored-values.ts';
import type { RecordTables } from './tables.ts';

type Upgrades = RecordTables['upgrades'];

const NO_LEASE = { leaseHolder: null, leaseUntilMs: null, lostClaims: 0 };
/** Each lease that ran out makes the next one longer by one: what ends its process must not end one after the other. */
const MOST_PROLONGED = 15;
/** One lost claim is a restart at the wrong moment. */
const LOST_IS_TROUBLE = 2;
const LOST =
  'those who analysed it last did not come back, one after the other: see how their processes ended; where memory ran out, ' +
  'give them more, or the upgrade a shorter baseline or a coarser resolution';

function recordColumns({ tenant, name, document, registeredMs, changedMs, dueMs, trouble }: Upgrades) {
  return { tenant, name, document, registeredMs, changedMs, dueMs, trouble };
}

function isUpgrade(upgrades: Upgrades, tenant: string, name: string): SQL | undefined {
  return and(eq(upgrades.tenant, tenant), eq(upgrades.name, name));
}

/** A changed document ends the claim on the old one: what is being concluded from it is no longer asked. */
export async function putUpgrade(
  database: RecordDatabase,
  tenant: string,
  name: string,
  document: string,
  nowMs: number,
  over?: string,
): Promise<PutOutcome> {
  const { upgrades } = database.tables;
  if (over === undefined && (await createUpgrade(database, tenant, name, document, nowMs))) return 'created';
  const isReplaced = over === undefined ? undefined : eq(upgrades.document, over);
  const changed = await database.run((queries) =>
    queries
      .update(upgrades)
      .set({ document, changedMs: nowMs, dueMs: nowMs, trouble: null, ...NO_LEASE })
      .where(and(isUpgrade(upgrades, tenant, name), ne(upgrades.document, document), isReplaced))
      .returning({ name: upgrades.name }),
  );
  if (changed.length > 0) return 'changed';
  if (over === undefined) return 'same';
  return (await findUpgrade(database, tenant, name))?.document === document ? 'same' : 'stale';
}

/** Revisions go on where one of this name was removed. */
async function createUpgrade(
  database: RecordDatabase,
  tenant: string,
  name: string,
  document: string,
  nowMs: number,
): Promise<boolean> {
  const { upgrades, removedUpgrades } = database.tables;
  const isIt = and(eq(removedUpgrades.tenant, tenant), eq(removedUpgrades.name, name));
  const times = { registeredMs: nowMs, changedMs: nowMs, dueMs: nowMs };
  const created = await database.run((queries) => {
    const before = queries.select({ last: removedUpgrades.lastRevision }).from(removedUpgrades).where(isIt);
    const row = { tenant, name, document, ...times, lastRevision: sql`COALESCE(${before}, 0)` };
    return queries.insert(upgrades).values(row).onConflictDoNothing().returning({ name: upgrades.name });
  });
  return created.length > 0;
}

export async function findUpgrade(
  database: RecordDatabase,
  tenant: string,
  name: string,
): Promise<UpgradeRecord | null> {
  const { upgrades } = database.tables;
  const rows = await database.run((queries) =>
    queries
      .select(recordColumns(upgrades))
      .from(upgrades)
      .where(isUpgrade(upgrades, tenant, name)),
  );
  return rows[0] ?? null;
}

export async function removeUpgrade(database: RecordDatabase, tenant: string, name: string): Promise<boolean> {
  const { upgrades, reports, removedUpgrades } = database.tables;
  return await database.transaction(async (queries) => {
    const [removed] = await queries
      .delete(upgrades)
      .where(isUpgrade(upgrades, tenant, name))
      .returning({ tenant: upgrades.tenant, name: upgrades.name, lastRevision: upgrades.lastRevision });
    if (removed === undefined) return false;
    const { lastRevision } = removed;
    await queries
      .insert(removedUpgrades)
      .values(removed)
      .onConflictDoUpdate({ target: [removedUpgrades.tenant, removedUpgrades.name], set: { lastRevision } });
    await queries.delete(reports).where(and(eq(reports.tenant, tenant), eq(reports.upgrade, name)));
    return true;
  });
}

export async function listUpgrades(
  database: RecordDatabase,
  tenant: string,
  page: PageRequest,
): Promise<Page<UpgradeRecord>> {
  const { upgrades } = database.tables;
  const rows = await database.run((queries) =>
    queries
      .select(recordColumns(upgrades))
      .from(upgrades)
      .where(and(eq(upgrades.tenant, tenant), registeredBefore(upgrades, page.after)))
      .orderBy(desc(upgrades.registeredMs), desc(upgrades.name))
      .limit(page.limit + 1),
  );
  return pageOf(rows, page.limit, (row) => [row.registeredMs, row.name]);
}

function registeredBefore(upgrades: Upgrades, cursor: string | null): SQL | undefined {
  if (cursor === null) return undefined;
  const [registeredMs, name] = keyOf(cursor, 'number', 'string');
  return or(
    lt(upgrades.registeredMs, registeredMs),
    and(eq(upgrades.registeredMs, registeredMs), lt(upgrades.name, name)),
  );
}

/**
 * Candidates are read without a lock and taken one by one, each by an update that repeats the condition: of several holders
 * one gets the row, at READ COMMITTED as well, and the others ask for the next candidates. A row that a transaction holds, as
 * one of a process that was frozen, is passed over: it would keep everybody from all other upgrades.
 */
export async function claimDue(database: RecordDatabase, claimant: Claimant, limit: number): Promise<Claim[]> {
  const claims: Claim[] = [];
  const held = new Set<string>();
  while (claims.length < limit) {
    const most = limit - claims.length + held.size;
    const due = await database.run((queries) => dueUpgrades(queries, database.tables.upgrades, claimant, most));
    const candidates = due.filter(({ tenant, name }) => !held.has(nameOf(tenant, name)));
    if (candidates.length === 0) break;
    for (const { tenant, name } of candidates) {
      const claimed = await claimOne(database, tenant, name, claimant);
      if (claimed === null) held.add(nameOf(tenant, name));
      else claims.push(...claimed);
    }
  }
  return claims;
}

function nameOf(tenant: string, name: string): string {
  return JSON.stringify([tenant, name]);
}

interface Claimant {
  readonly holder: string;
  readonly nowMs: number;
  readonly leaseMs: number;
  readonly longestWaitMs: number;
}

/** By how much a clock may have been read earlier than another process read it. */
const READ_EARLIER_MS = 60_000;

/** Due, and in nobody's hands. Times beyond what is set today were set by a clock that ran ahead. */
function isFree(upgrades: Upgrades, { nowMs, leaseMs, longestWaitMs }: Claimant): SQL | undefined {
  const { dueMs, leaseUntilMs, lostClaims } = upgrades;
  const isBeyond = Number.isFinite(longestWaitMs) ? gt(dueMs, nowMs + longestWaitMs) : undefined;
  const hasNoHolder = or(
    isNull(leaseUntilMs),
    lte(leaseUntilMs, nowMs),
    gt(leaseUntilMs, sql`${nowMs + READ_EARLIER_MS} + ${leaseOf(leaseMs, lostClaims)}`),
  );
  return and(or(lte(dueMs, nowMs), isBeyond), hasNoHolder);
}

function leaseOf(leaseMs: number, lost: SQL | Upgrades['lostClaims']): SQL {
  return sql`${leaseMs} * (1 + CASE WHEN ${lost} < ${MOST_PROLONGED} THEN ${lost} ELSE ${MOST_PROLONGED} END)`;
}

function dueUpgrades(queries: Queries, upgrades: Upgrades, claimant: Claimant, limit: number) {
  return queries
    .select({ tenant: upgrades.tenant, name: upgrades.name })
    .from(upgrades)
    .where(isFree(upgrades, claimant))
    .orderBy(asc(upgrades.dueMs), asc(upgrades.tenant), asc(upgrades.name))
    .limit(limit);
}

/** None where somebody else has taken it meanwhile; null where its row is held, so that it has to be passed over. */
async function claimOne(
  database: RecordDatabase,
  tenant: string,
  name: string,
  claimant: Claimant,
): Promise<readonly Claim[] | null> {
  const { upgrades } = database.tables;
  const { holder, nowMs, leaseMs } = claimant;
  const lostClaims = sql`${upgrades.lostClaims} + CASE WHEN ${upgrades.leaseHolder} IS NULL THEN 0 ELSE 1 END`;
  const rows = await database.runUnlessHeld((queries) =>
    queries
      .update(upgrades)
      .set({
        leaseHolder: holder,
        leaseUntilMs: sql`${nowMs} + ${leaseOf(leaseMs, lostClaims)}`,
        lostClaims,
        trouble: sql`CASE WHEN ${lostClaims} < ${LOST_IS_TROUBLE} THEN ${upgrades.trouble} ELSE ${LOST} END`,
      })
      .where(and(isUpgrade(upgrades, tenant, name), isFree(upgrades, claimant)))
      .returning({ ...recordColumns(upgrades), untilMs: upgrades.leaseUntilMs }),
  );
  return rows?.map(({ untilMs, ...upgrade }) => ({ upgrade, holder, untilMs: untilMs ?? nowMs })) ?? null;
}

/** The end of the lease is part of its identity: the same holder may have lost the upgrade and claimed it again. */
function isClaimed(upgrades: Upgrades, { upgrade, holder, untilMs }: Claim): SQL | undefined {
  return and(
    isUpgrade(upgrades, upgrade.tenant, upgrade.name),
    eq(upgrades.leaseHolder, holder),
    eq(upgrades.leaseUntilMs, untilMs),
  );
}

export async function releaseClaim(
  database: RecordDatabase,
  claim: Claim,
  dueMs: number | null,
  trouble: string | null,
): Promise<void> {
  const { upgrades } = database.tables;
  await database.run((queries) =>
    queries
      .update(upgrades)
      .set({ dueMs, trouble: trouble === null ? null : storableText(trouble), ...NO_LEASE })
      .where(isClaimed(upgrades, claim)),
  );
}

/** Ends the claim for good; the number of the report it ends with, or null where the claim is no longer ours. */
export async function endClaim(
  queries: Queries,
  upgrades: Upgrades,
  claim: Claim,
  nextDueMs: number | null,
): Promise<number | null> {
  const [ended] = await queries
    .update(upgrades)
    .set({ dueMs: nextDueMs, trouble: null, lastRevision: sql`${upgrades.lastRevision} + 1`, ...NO_LEASE })
    .where(isClaimed(upgrades, claim))
    .returning({ revision: upgrades.lastRevision });
  return ended?.revision ?? null;
}

import type { RecordStore } from '../../domain/record-store.ts';
import { addToken, answeredRequest, keepAnswer, listTokens, revokeToken, tokenByHash } from './access-records.ts';
import { addChanges, changesBetween, listSlos, putSlo, removeSlo } from './announced-records.ts';
import { forgetRecords } from './forgetting.ts';
import { migrate, pendingMigrations } from './migrations.ts';
import { openPostgresDatabase } from './postgres-database.ts';
import { putBack } from './put-back.ts';
import type { RecordDatabase } from './record-database.ts';
import { findReport, latestReport, listReports, settle } from './report-records.ts';
import { openSqliteDatabase } from './sqlite-database.ts';
import { claimDue, findUpgrade, listUpgrades, putUpgrade, releaseClaim, removeUpgrade } from './upgrade-records.ts';

/** `records.db` in the data folder, which is this process's alone until the store is closed. */
export async function openSqliteRecords(folder: string): Promise<RecordStore> {
  return await openRecords(await openSqliteDatabase(folder));
}

export async function openPostgresRecords(url: string): Promise<RecordStore> {
  return await openRecords(await openPostgresDatabase(url));
}

/** Looks at records that others may be using: what a start would change there, by name. */
export async function pendingPostgresMigrations(url: string): Promise<string[]> {
  const database = await openPostgresDatabase(url);
  try {
    return await pendingMigrations(database);
  } finally {
    await database.close();
  }
}

async function openRecords(database: RecordDatabase): Promise<RecordStore> {
  try {
    await migrate(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return recordStoreOf(database);
}

function recordStoreOf(database: RecordDatabase): RecordStore {
  return {
    putUpgrade: (tenant, name, document, nowMs, over) => putUpgrade(database, tenant, name, document, nowMs, over),
    upgrade: (tenant, name) => findUpgrade(database, tenant, name),
    removeUpgrade: (tenant, name) => removeUpgrade(database, tenant, name),
    upgrades: (tenant, page) => listUpgrades(database, tenant, page),

    claimDue: (holder, nowMs, leaseMs, limit, longestWaitMs = Number.POSITIVE_INFINITY) =>
      claimDue(database, { holder, nowMs, leaseMs, longestWaitMs }, limit),
    settle: (claim, outcome) => settle(database, claim, outcome),
    release: (claim, dueMs, trouble) => releaseClaim(database, claim, dueMs, trouble),
    putBack: (nowMs) => putBack(database, nowMs),

    latestReport: (tenant, upgrade) => latestReport(database, tenant, upgrade),
    report: (tenant, upgrade, revision) => findReport(database, tenant, upgrade, revision),
    reports: (tenant, upgrade, page) => listReports(database, tenant, upgrade, page),

    addChanges: (changes) => addChanges(database, changes),
    changes: (tenant, fromMs, toMs) => changesBetween(database, tenant, fromMs, toMs),

    putSlo: (slo, over) => putSlo(database, slo, over),
    removeSlo: (tenant, name) => removeSlo(database, tenant, name),
    slos: (tenant) => listSlos(database, tenant),

    addToken: (token) => addToken(database, token),
    tokenByHash: (hash) => tokenByHash(database, hash),
    tokens: () => listTokens(database),
    revokeToken: (id, nowMs) => revokeToken(database, id, nowMs),

    answeredRequest: (tenant, key, nowMs) => answeredRequest(database, tenant, key, nowMs),
    keepAnswer: (tenant, key, answer, keep) => keepAnswer(database, tenant, key, answer, keep),

    forget: (beforeMs, nowMs) => forgetRecords(database, beforeMs, nowMs),

    clockMs: () => database.clockMs(),
    ping: () => database.run((queries) => database.apply(queries, 'SELECT 1')),
    close: () => database.close(),
  };
}

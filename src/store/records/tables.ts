import type { ReportVerdict } from '../../domain/report.ts';
import type { ColumnKinds } from './sqlite-columns.ts';

/** Every table of the record store, described once; `migrations/` is held against it by a test. */
export function recordTables(kinds: ColumnKinds) {
  const { table, name, text, integer, flag, primaryKey, index } = kinds;

  const upgrades = table(
    'upgrades',
    {
      tenant: name('tenant').notNull(),
      name: name('name').notNull(),
      document: text('document').notNull(),
      registeredMs: integer('registered_ms').notNull(),
      changedMs: integer('changed_ms').notNull(),
      dueMs: integer('due_ms'),
      trouble: text('trouble'),
      leaseHolder: name('lease_holder'),
      leaseUntilMs: integer('lease_until_ms'),
      lostClaims: integer('lost_claims').notNull().default(0),
      lastRevision: integer('last_revision').notNull(),
    },
    (it) => [
      primaryKey({ name: 'upgrades_key', columns: [it.tenant, it.name] }),
      index('upgrades_by_registration').on(it.tenant, it.registeredMs, it.name),
      index('upgrades_by_due').on(it.dueMs),
    ],
  );

  /** So that the revisions of an upgrade that is registered again go on: clients keep reports by them. */
  const removedUpgrades = table(
    'removed_upgrades',
    {
      tenant: name('tenant').notNull(),
      name: name('name').notNull(),
      lastRevision: integer('last_revision').notNull(),
    },
    (it) => [primaryKey({ name: 'removed_upgrades_key', columns: [it.tenant, it.name] })],
  );

  const reports = table(
    'reports',
    {
      tenant: name('tenant').notNull(),
      upgrade: name('upgrade').notNull(),
      revision: integer('revision').notNull(),
      madeMs: integer('made_ms').notNull(),
      verdict: text('verdict').$type<ReportVerdict>().notNull(),
      digest: text('digest').notNull(),
      isFinal: flag('is_final').notNull(),
      document: text('document'),
    },
    (it) => [
      primaryKey({ name: 'reports_key', columns: [it.tenant, it.upgrade, it.revision] }),
      index('reports_by_time').on(it.madeMs),
    ],
  );

  const changes = table(
    'changes',
    {
      tenant: name('tenant').notNull(),
      id: name('id').notNull(),
      atMs: integer('at_ms').notNull(),
      receivedMs: integer('received_ms').notNull(),
      source: text('source').notNull(),
      change: text('change').notNull(),
    },
    (it) => [
      primaryKey({ name: 'changes_key', columns: [it.tenant, it.id] }),
      index('changes_by_time').on(it.tenant, it.atMs, it.id),
      index('changes_by_age').on(it.atMs),
    ],
  );

  const slos = table(
    'slos',
    {
      tenant: name('tenant').notNull(),
      name: name('name').notNull(),
      document: text('document').notNull(),
      changedMs: integer('changed_ms').notNull(),
    },
    (it) => [primaryKey({ name: 'slos_key', columns: [it.tenant, it.name] })],
  );

  return { upgrades, removedUpgrades, reports, changes, slos, ...accessTables(kinds) };
}

function accessTables({ table, name, text, integer, primaryKey, index, uniqueIndex }: ColumnKinds) {
  const tokens = table(
    'tokens',
    {
      id: name('id').notNull(),
      tenant: name('tenant').notNull(),
      name: text('name').notNull(),
      scopes: text('scopes').notNull(),
      hash: name('hash').notNull(),
      createdMs: integer('created_ms').notNull(),
      revokedMs: integer('revoked_ms'),
    },
    (it) => [primaryKey({ name: 'tokens_key', columns: [it.id] }), uniqueIndex('tokens_by_hash').on(it.hash)],
  );

  const answers = table(
    'answers',
    {
      tenant: name('tenant').notNull(),
      idempotencyKey: name('idempotency_key').notNull(),
      requestHash: text('request_hash').notNull(),
      status: integer('status').notNull(),
      body: text('body').notNull(),
      untilMs: integer('until_ms').notNull(),
    },
    (it) => [
      primaryKey({ name: 'answers_key', columns: [it.tenant, it.idempotencyKey] }),
      index('answers_by_end').on(it.untilMs),
    ],
  );

  /** Which migrations this database has had, each with a digest of its text. */
  const migrations = table(
    'migrations',
    {
      number: integer('number').notNull(),
      name: text('name').notNull(),
      digest: text('digest').notNull(),
    },
    (it) => [primaryKey({ name: 'migrations_key', columns: [it.number] })],
  );

  return { tokens, answers, migrations };
}

export type RecordTables = ReturnType<typeof recordTables>;

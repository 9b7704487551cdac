import { and, asc, eq, gt, isNull, lte } from 'drizzle-orm';
import { AppError } from '../../domain/error.ts';
import { type AnsweredRequest, SCOPES, type Scope, type TokenRecord } from '../../domain/record-store.ts';
import type { RecordDatabase } from './record-database.ts';
import type { RecordTables } from './tables.ts';

export async function addToken(database: RecordDatabase, token: TokenRecord): Promise<void> {
  const { tokens } = database.tables;
  const added = await database.run((queries) =>
    queries
      .insert(tokens)
      .values({ ...token, scopes: token.scopes.join(' ') })
      .onConflictDoNothing()
      .returning({ id: tokens.id }),
  );
  if (added.length === 0) throw new AppError('conflict', 'a token of this identifier or secret exists already');
}

export async function tokenByHash(database: RecordDatabase, hash: string): Promise<TokenRecord | null> {
  const { tokens } = database.tables;
  const [row] = await database.run((queries) => queries.select().from(tokens).where(eq(tokens.hash, hash)));
  return row === undefined ? null : tokenOf(row);
}

export async function listTokens(database: RecordDatabase): Promise<TokenRecord[]> {
  const { tokens } = database.tables;
  const rows = await database.run((queries) =>
    queries.select().from(tokens).orderBy(asc(tokens.createdMs), asc(tokens.id)),
  );
  return rows.map(tokenOf);
}

export async function revokeToken(database: RecordDatabase, id: string, nowMs: number): Promise<boolean> {
  const { tokens } = database.tables;
  const revoked = await database.run((queries) =>
    queries
      .update(tokens)
      .set({ revokedMs: nowMs })
      .where(and(eq(tokens.id, id), isNull(tokens.revokedMs)))
      .returning({ id: tokens.id }),
  );
  return revoked.length > 0;
}

/** A scope that this version does not know gives no rights. */
function tokenOf(row: RecordTables['tokens']['$inferSelect']): TokenRecord {
  return { ...row, scopes: row.scopes.split(' ').filter(isScope) };
}

function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text);
}

export async function answeredRequest(
  database: RecordDatabase,
  tenant: string,
  key: string,
  nowMs: number,
): Promise<AnsweredRequest | null> {
  const { answers } = database.tables;
  const rows = await database.run((queries) =>
    queries
      .select({ requestHash: answers.requestHash, status: answers.status, body: answers.body })
      .from(answers)
      .where(and(eq(answers.tenant, tenant), eq(answers.idempotencyKey, key), gt(answers.untilMs, nowMs))),
  );
  return rows[0] ?? null;
}

/** The first answer stands; what has run out makes room. */
export async function keepAnswer(
  database: RecordDatabase,
  tenant: string,
  idempotencyKey: string,
  answer: AnsweredRequest,
  keep: { readonly nowMs: number; readonly untilMs: number },
): Promise<void> {
  const { answers } = database.tables;
  await database.transaction(async (queries) => {
    await queries.delete(answers).where(lte(answers.untilMs, keep.nowMs));
    await queries
      .insert(answers)
      .values({ tenant, idempotencyKey, ...answer, untilMs: keep.untilMs })
      .onConflictDoNothing();
  });
}

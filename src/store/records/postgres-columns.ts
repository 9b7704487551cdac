import { customType, index, pgTable, primaryKey, uniqueIndex } from 'drizzle-orm/pg-core';
import type { ColumnKinds } from './sqlite-columns.ts';
import { storedInteger, storedName, storedText } from './stored-values.ts';

/** Collation C: the order of bytes, as in SQLite, whatever the locale of the server. */
const TEXT = 'text COLLATE "C"';

const COLUMNS = {
  table: pgTable,
  primaryKey,
  index,
  uniqueIndex,
  name: customType<{ data: string; driverData: string }>({ dataType: () => TEXT, toDriver: storedName }),
  text: customType<{ data: string; driverData: string }>({ dataType: () => TEXT, toDriver: storedText }),
  /** The driver answers 64-bit integers as text. */
  integer: customType<{ data: number; driverData: number | string }>({
    dataType: () => 'bigint',
    toDriver: storedInteger,
    fromDriver: Number,
  }),
  flag: customType<{ data: boolean; driverData: boolean }>({ dataType: () => 'boolean' }),
};

/**
 * The same words for PostgreSQL. drizzle types each dialect apart though the builders behave alike: this cast, and the one
 * of the queries in `postgres-database.ts`, are the whole seam; the contract suite runs over both sides of it.
 */
export const POSTGRES_COLUMNS = COLUMNS as unknown as ColumnKinds;

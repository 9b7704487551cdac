import { customType, index, primaryKey, sqliteTable, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { storedInteger, storedName, storedText } from './stored-values.ts';

/** What the tables are built of, in SQLite's words; its types are those the queries are written in. */
export const SQLITE_COLUMNS = {
  table: sqliteTable,
  primaryKey,
  index,
  uniqueIndex,
  name: customType<{ data: string; driverData: string }>({ dataType: () => 'text', toDriver: storedName }),
  text: customType<{ data: string; driverData: string }>({ dataType: () => 'text', toDriver: storedText }),
  integer: customType<{ data: number; driverData: number }>({ dataType: () => 'integer', toDriver: storedInteger }),
  flag: customType<{ data: boolean; driverData: number }>({
    dataType: () => 'integer',
    toDriver: Number,
    fromDriver: Boolean,
  }),
};

export type ColumnKinds = typeof SQLITE_COLUMNS;

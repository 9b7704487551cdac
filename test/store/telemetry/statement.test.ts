import { describe, expect, it } from 'vitest';
import { statementOf } from '../../../src/store/telemetry/engine/statement.ts';

const isOfReport = (sql: string): boolean => statementOf(new URLSearchParams(), sql, null).isOfReport;

describe('a statement', () => {
  it.each([
    'SELECT 1',
    ' with a as (select 1) select * from a',
    'INSERT INTO cell_runs (tenant) SELECT 1',
    'INSERT INTO kept_segments (tenant) VALUES (1)',
    'DELETE FROM cell_runs WHERE 1',
    "BACKUP DATABASE default TO File('x')",
  ])('of a report or a back-up delays no acknowledgement: %s', (sql) => expect(isOfReport(sql)).toBe(true));

  it.each(['INSERT INTO points (tenant) VALUES (1)', 'CREATE TABLE a (b Int8)', 'ALTER TABLE points MODIFY TTL x'])(
    'that stores or defines is run where acknowledgements are: %s',
    (sql) => expect(isOfReport(sql)).toBe(false),
  );
});

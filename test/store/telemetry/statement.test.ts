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

  it.each([
    ['SELECT 1', 'SELECT 1 SETTINGS max_threads = 1'],
    ['SELECT 1 FORMAT Native', 'SELECT 1 SETTINGS max_threads = 1 FORMAT Native'],
    ['INSERT INTO a (b) SELECT 1', 'INSERT INTO a (b) SELECT 1 SETTINGS max_threads = 1'],
    ['INSERT INTO a (b) VALUES (1), (2)', 'INSERT INTO a (b) SETTINGS max_threads = 1 VALUES (1), (2)'],
    ['INSERT INTO a VALUES (1)', 'INSERT INTO a SETTINGS max_threads = 1 VALUES (1)'],
    ['DELETE FROM a WHERE b', 'DELETE FROM a WHERE b'],
  ])(
    'takes its settings where its grammar has them, and none that are for the server of a connection: %s',
    (sql, whole) => {
      const parameters = new URLSearchParams({
        max_threads: '1',
        readonly: '2',
        cancel_http_readonly_queries_on_client_close: '1',
      });
      expect(statementOf(parameters, sql, null).sql).toBe(whole);
    },
  );
});

import { Readable } from 'node:stream';
import type { ClickHouseClient } from '@clickhouse/client';
import type { BatchTarget } from './writing/commit-queue.ts';
import { WRITTEN_TABLES } from './writing/tables.ts';

/** Inserts batches through ClickHouse's HTTP interface. */
export function engineTarget(client: ClickHouseClient): BatchTarget {
  return {
    async insert(table, rows, token) {
      const { stream } = await client.exec({
        query: `INSERT INTO ${table} (${WRITTEN_TABLES[table]}) FORMAT RowBinary`,
        values: Readable.from([rows], { objectMode: false }),
        clickhouse_settings: { insert_deduplication_token: token, async_insert: 0 },
      });
      stream.resume();
    },
    async ping() {
      const result = await client.ping();
      if (!result.success) throw result.error;
    },
  };
}

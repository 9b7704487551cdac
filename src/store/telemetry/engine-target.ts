import { Readable } from 'node:stream';
import type { ClickHouseClient } from '@clickhouse/client';
import type { BatchTarget } from './writing/commit-queue.ts';
import { WRITTEN_TABLES } from './writing/tables.ts';

/** Runs a step of ours that has a name. */
export type Around = <Value>(step: string, run: () => Promise<Value>) => Promise<Value>;

/** Inserts batches through ClickHouse's HTTP interface. */
export function engineTarget(client: ClickHouseClient, around: Around = (_step, run) => run()): BatchTarget {
  return {
    async insert(table, rows, token) {
      await around(`insert ${table}`, async () => {
        const { stream } = await client.exec({
          query: `INSERT INTO ${table} (${WRITTEN_TABLES[table]}) FORMAT RowBinary`,
          values: Readable.from([rows], { objectMode: false }),
          // Of a Distributed table: on every shard before the answer, not some time after it.
          clickhouse_settings: {
            insert_deduplication_token: token,
            async_insert: 0,
            distributed_foreground_insert: 1,
            // Points of a hundred days may come at once, where so old ones are accepted.
            max_partitions_per_insert_block: '0',
          },
        });
        stream.resume();
      });
    },
    async ping() {
      const result = await client.ping();
      if (!result.success) throw result.error;
    },
  };
}

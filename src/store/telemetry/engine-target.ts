import { Readable } from 'node:stream';
import type { ClickHouseClient } from '@clickhouse/client';
import type { BatchTarget } from './writing/commit-queue.ts';
import { WRITTEN_TABLES, type WrittenTable } from './writing/tables.ts';

/** Runs a step of ours that has a name. */
export type Around = <Value>(step: string, run: () => Promise<Value>) => Promise<Value>;

/** Bounds of `NO_LAYOUT`, of which there are none: nobody looks for them, and all such rows become one. */
const NO_BOUNDS = new Uint8Array(9);

/** Inserts batches through ClickHouse's HTTP interface. */
export function engineTarget(client: ClickHouseClient, around: Around = (_step, run) => run()): BatchTarget {
  const insert = async (table: WrittenTable, rows: Uint8Array, token: string): Promise<void> => {
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
  };
  return {
    insert: (table, rows, token) => around(`insert ${table}`, () => insert(table, rows, token)),
    probe: (token) => insert('layouts', NO_BOUNDS, token),
  };
}

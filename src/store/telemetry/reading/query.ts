import { createHash, type Hash } from 'node:crypto';
import type { ClickHouseClient } from '@clickhouse/client';
import { AppError } from '../../../domain/error.ts';
import { RowReader } from './row-reader.ts';

export interface Query {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Streams the rows of a query through `read`, and what they are made of through `digest`. */
export async function readRows(
  client: ClickHouseClient,
  query: Query,
  read: (reader: RowReader) => void,
  emit: () => void,
  digest: Hash = createHash('sha256'),
): Promise<void> {
  const { stream } = await client.exec({ query: `${query.sql} FORMAT RowBinary`, query_params: query.parameters });
  const reader = new RowReader();
  for await (const chunk of stream) {
    digest.update(chunk as Buffer);
    reader.feed(chunk as Buffer);
    while (reader.next(read)) emit();
  }
  if (reader.hasRest) throw new AppError('unavailable', 'the telemetry store broke off in the middle of an answer');
}

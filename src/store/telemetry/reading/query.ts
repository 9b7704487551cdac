import { createHash, type Hash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { ClickHouseClient } from '@clickhouse/client';
import { AppError } from '../../../domain/error.ts';
import { READING } from '../client.ts';
import type { ColumnDigest } from './column-digest.ts';
import { type Block, NativeBlocks } from './native-blocks.ts';
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
  const stream = await ask(client, query, 'RowBinary');
  const reader = new RowReader();
  for await (const chunk of stream) {
    digest.update(chunk as Buffer);
    reader.feed(chunk as Buffer);
    while (reader.next(read)) emit();
  }
  if (reader.hasRest) throw brokenOff();
}

/** An answer on its way: rows of numbers, which come in blocks of columns. */
export type BlockStream = Readable;

export function askBlocks(client: ClickHouseClient, query: Query): Promise<BlockStream> {
  return ask(client, query, 'Native');
}

export async function readBlocks(
  stream: BlockStream,
  digest: ColumnDigest,
  emit: (block: Block) => void,
): Promise<void> {
  const blocks = new NativeBlocks();
  for await (const chunk of stream) {
    blocks.feed(chunk as Buffer);
    for (let block = blocks.next(); block !== null; block = blocks.next()) {
      digest.update(block);
      emit(block);
    }
  }
  if (blocks.hasRest) throw brokenOff();
}

async function ask(client: ClickHouseClient, { sql, parameters }: Query, format: string): Promise<Readable> {
  const query = `${sql} FORMAT ${format}`;
  return (await client.exec({ query, query_params: parameters, clickhouse_settings: READING })).stream;
}

function brokenOff(): AppError {
  return new AppError('unavailable', 'the telemetry store broke off in the middle of an answer', {
    remedy: 'ask again; if it goes on, the log of the engine or of the ClickHouse server says why',
    retryAfterSeconds: 1,
  });
}

import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { AppError } from '../../domain/error.ts';
import type { ByteHold } from './byte-budget.ts';

/** The body as it came over the wire, held against the budget chunk by chunk; never more than the limit in memory. */
export async function readBody(context: Context, limitBytes: number, hold: ByteHold): Promise<Uint8Array> {
  const stated = Number(context.req.header('content-length') ?? 0);
  if (stated > limitBytes) throw tooLarge(limitBytes);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunksOf(context)) {
    bytes += chunk.length;
    if (bytes > limitBytes) throw tooLarge(limitBytes);
    hold.take(chunk.length);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes);
}

/** Node's own stream where there is one: the web stream around it costs more than the decoding of a small body. */
function chunksOf(context: Context): AsyncIterable<Uint8Array> {
  const incoming = (context.env as { incoming?: IncomingMessage } | undefined)?.incoming;
  return incoming ?? (context.req.raw.body as AsyncIterable<Uint8Array> | null) ?? noChunks();
}

async function* noChunks(): AsyncGenerator<Uint8Array> {}

function tooLarge(limitBytes: number): AppError {
  return new AppError('too-large', `the body is larger than ${limitBytes} bytes`, { remedy: 'send smaller batches' });
}

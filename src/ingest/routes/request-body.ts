import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { AppError } from '../../domain/error.ts';
import type { ByteHold } from './byte-budget.ts';

/** The body as it comes over the wire, and never more of it than the limit. */
export class WireBody {
  readonly #context: Context;
  readonly #limitBytes: number;
  #bytes = 0;

  constructor(context: Context, limitBytes: number) {
    this.#context = context;
    this.#limitBytes = limitBytes;
  }

  /** What has come so far. */
  get bytes(): number {
    return this.#bytes;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    const stated = Number(this.#context.req.header('content-length') ?? 0);
    if (stated > this.#limitBytes) throw tooLarge(this.#limitBytes);
    for await (const chunk of chunksOf(this.#context)) {
      this.#bytes += chunk.length;
      if (this.#bytes > this.#limitBytes) throw tooLarge(this.#limitBytes);
      yield chunk;
    }
  }
}

/** All chunks in one piece, held against the budget as they come. */
export async function gather(chunks: AsyncIterable<Uint8Array>, hold: ByteHold): Promise<Uint8Array> {
  const gathered: Uint8Array[] = [];
  for await (const chunk of chunks) {
    hold.take(chunk.length);
    gathered.push(chunk);
  }
  return gathered.length === 1 ? gathered[0]! : Buffer.concat(gathered);
}

/**
 * Node's own stream where there is one: the web stream around it costs more than the decoding of a small body. It outlives a
 * refusal, so that what is left can be read off.
 */
function chunksOf(context: Context): AsyncIterable<Uint8Array> {
  const incoming = incomingOf(context);
  if (incoming !== undefined) return incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  return (context.req.raw.body as AsyncIterable<Uint8Array> | null) ?? noChunks();
}

function incomingOf(context: Context): IncomingMessage | undefined {
  return (context.env as { incoming?: IncomingMessage } | undefined)?.incoming;
}

/** Its sender waits to be asked for the body; by HTTP/1.0 nobody does. What else may be expected Node refuses. */
export function waitsToBeAsked({ headers, httpVersion }: IncomingMessage): boolean {
  return httpVersion === '1.1' && headers.expect !== undefined;
}

/** Of a body that nobody looks at. */
export const READ_OFF = { bytes: 2 * 1024 ** 2, milliseconds: 100 };

/**
 * Reads off what is left of a body that is refused: whoever closes on a sender that still sends may keep it from reading the
 * answer. False where there is too much of it, or it does not come.
 */
export async function readOff(context: Context): Promise<boolean> {
  const incoming = incomingOf(context);
  if (incoming === undefined || incoming.readableEnded) return true;
  return await new Promise((resolve) => {
    let bytes = 0;
    const done = (): void => {
      clearTimeout(timer);
      incoming.off('data', count).off('end', done).off('close', done).pause();
      resolve(incoming.readableEnded);
    };
    const count = (chunk: Uint8Array): void => {
      bytes += chunk.length;
      if (bytes > READ_OFF.bytes) done();
    };
    const timer = setTimeout(done, READ_OFF.milliseconds);
    incoming.on('data', count).on('end', done).on('close', done).resume();
  });
}

async function* noChunks(): AsyncGenerator<Uint8Array> {}

function tooLarge(limitBytes: number): AppError {
  return new AppError('too-large', `the body is larger than ${limitBytes} bytes`, { remedy: 'send smaller batches' });
}

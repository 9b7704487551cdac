import { AppError } from '../../domain/error.ts';

/** Reads a request's body; what is longer than allowed is not read to its end. */
export async function readBody(request: Request, mostBytes: number): Promise<Buffer> {
  if (Number(request.headers.get('content-length') ?? 0) > mostBytes) throw tooLarge(mostBytes);
  if (request.body === null) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.byteLength;
    if (length > mostBytes) {
      await reader.cancel();
      throw tooLarge(mostBytes);
    }
    chunks.push(part.value);
  }
  return chunks.length === 1 ? asBuffer(chunks[0]!) : Buffer.concat(chunks, length);
}

function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

function tooLarge(mostBytes: number): AppError {
  return new AppError('too-large', `the body is longer than the ${mostBytes} bytes that are allowed`, {
    remedy: 'send less in a request',
  });
}

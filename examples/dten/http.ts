import { Agent, type IncomingMessage, request } from 'node:http';
import type { Answer } from './telemetry.ts';

export const MERCHANT_HEADER = 'x-merchant-id';

export interface Call {
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly merchant: string;
}

const agent = new Agent({ keepAlive: true, maxFreeSockets: 32 });

export function send(call: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        agent,
        host: '127.0.0.1',
        port: call.port,
        method: call.method,
        path: call.path,
        headers: { [MERCHANT_HEADER]: call.merchant },
      },
      (incoming) => {
        readBody(incoming).then((body) => resolve({ status: incoming.statusCode ?? 0, body: body.toString() }), reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}

export async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function merchantOf(incoming: IncomingMessage): string {
  return String(incoming.headers[MERCHANT_HEADER] ?? '');
}

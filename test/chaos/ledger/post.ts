import { type Agent, request } from 'node:http';
import type { LedgerBody } from './ledger-request.ts';

export type Answer =
  | { readonly kind: 'taken'; readonly rejected: boolean }
  | { readonly kind: 'shed'; readonly status: number; readonly retryAfterSeconds: number | null }
  /** Any other status: for a sound request the contract has none. */
  | { readonly kind: 'refused'; readonly status: number; readonly body: string }
  | { readonly kind: 'doubt'; readonly reason: string };

/** What the client does to its own request. */
export type Misbehaviour = 'none' | 'cut-body' | 'cut-answer';

export interface Posting {
  readonly url: string;
  readonly agent: Agent;
  readonly timeoutMs: number;
  readonly misbehaviour: Misbehaviour;
}

const SHED = new Set([429, 502, 503, 504]);

export function post(body: LedgerBody, { url, agent, timeoutMs, misbehaviour }: Posting): Promise<Answer> {
  return new Promise((resolve) => {
    const { contentType, contentEncoding, bytes } = body;
    const encoding = contentEncoding === undefined ? {} : { 'content-encoding': contentEncoding };
    const headers = { 'content-type': contentType, 'content-length': bytes.length, ...encoding };
    const sent = request(url, { method: 'POST', agent, headers });
    const doubt = (reason: string): void => {
      resolve({ kind: 'doubt', reason });
      sent.destroy();
    };
    const timer = setTimeout(() => doubt('timeout'), timeoutMs);
    sent.on('close', () => clearTimeout(timer));
    sent.on('error', (error: NodeJS.ErrnoException) => doubt(error.code ?? error.message));
    sent.on('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', (error: NodeJS.ErrnoException) => doubt(error.code ?? error.message));
      answer.on('end', () => resolve(answerOf(answer.statusCode ?? 0, answer.headers['retry-after'], chunks)));
    });
    if (misbehaviour === 'cut-body') {
      sent.write(bytes.subarray(0, bytes.length >> 1), () => doubt('cut in the body'));
      return;
    }
    sent.end(bytes, () => {
      if (misbehaviour === 'cut-answer') doubt('cut before the answer');
    });
  });
}

function answerOf(status: number, retryAfter: string | undefined, chunks: readonly Buffer[]): Answer {
  const body = Buffer.concat(chunks);
  if (status >= 200 && status < 300) return { kind: 'taken', rejected: holdsRejection(body) };
  if (SHED.has(status)) return { kind: 'shed', status, retryAfterSeconds: secondsOf(retryAfter) };
  return { kind: 'refused', status, body: body.toString('utf8', 0, 400) };
}

/** A full success is an empty message: no bytes, or `{}` with at most an empty `partialSuccess`. */
function holdsRejection(body: Buffer): boolean {
  return body.length > 0 && !/^\{\s*("partialSuccess"\s*:\s*\{\s*\}\s*)?\}$/.test(body.toString('utf8').trim());
}

function secondsOf(retryAfter: string | undefined): number | null {
  return retryAfter !== undefined && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null;
}

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AppError } from '../../domain/error.ts';
import { type IngestParts, otlpRefusal, otlpSignalAt } from './otlp.ts';
import type { Answer } from './refusal.ts';
import { isRemoteWrite, REMOTE_WRITE_DOOR, writeRefusal } from './remote-write.ts';
import { READ_OFF, waitsToBeAsked } from './request-body.ts';

interface Refused extends Answer {
  readonly door: string;
}

type EarlyParts = Pick<IngestParts, 'intake' | 'onAnswer'>;

/**
 * Answers telemetry that cannot be stored before anything else is done with it: under overload nine requests in ten end here,
 * and what they cost is taken from the tenth. Whose it is is not asked: it would not be taken from anybody. What may be too long
 * to read off is left to the doors, unless its sender waits to be asked for it.
 */
export function refuseEarly(answer: RequestListener, parts: EarlyParts): RequestListener {
  return (request, response) => {
    const waits = waitsToBeAsked(request);
    const error = request.method === 'POST' && (waits || isShort(request)) ? parts.intake.refusal() : null;
    const refused = error === null ? null : refusedAt(request, error);
    if (refused === null) {
      answer(request, response);
      return;
    }
    const { door, status, headers, body } = refused;
    response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body ?? '') });
    if (waits) endLater(request, response, body);
    else response.end(body);
    parts.onAnswer({ door, status, wireBytes: 0, receipt: null, error });
  };
}

/**
 * Node closes the connection, since who was not asked for a body may send the next request in its place. But some send it all
 * the same: what comes within a moment is read off, or the close would keep them from reading the answer.
 */
function endLater(request: IncomingMessage, response: ServerResponse, body: Answer['body']): void {
  if (body !== null) response.write(body);
  const end = (): void => {
    clearTimeout(timer);
    request.off('end', end).off('close', end);
    response.end();
  };
  const timer = setTimeout(end, READ_OFF.milliseconds);
  request.on('end', end).on('close', end).resume();
}

function isShort({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length']) <= READ_OFF.bytes;
}

/** Null where no telemetry is taken at that address in the first place. */
function refusedAt({ url = '', headers }: IncomingMessage, error: AppError): Refused | null {
  const [path = ''] = url.split('?', 1);
  const signal = otlpSignalAt(path);
  if (signal !== null) return { door: signal, ...otlpRefusal(error, headers['content-type'] ?? '') };
  return isRemoteWrite(path) ? { door: REMOTE_WRITE_DOOR, ...writeRefusal(error) } : null;
}

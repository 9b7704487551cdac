import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { ApiEnv } from './api/services.ts';
import { type Address, formatAddress } from './config-notations.ts';
import { AppError } from './domain/error.ts';
import { waitsToBeAsked } from './ingest/routes/request-body.ts';

/** What answers requests. */
export type Fetch = Hono<ApiEnv>['fetch'];

export interface Listener {
  readonly address: string;
  /** Takes no new connections, waits for requests in flight at most so long, then cuts them. */
  close(graceMs: number): Promise<void>;
}

/** Stricter than Node's own: 60 s, 300 s and no limit are for friends. Exporters that send each minute may keep a connection. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  /** Node looks every half minute for those whose time is up. */
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16_384,
};
/** Nothing is sent or read for so long: who asked does not read the answer. No answer keeps anyone waiting as long. */
const SILENCE_MS = 120_000;
const MOST_CONNECTIONS = 1024;
/** Node hands out all requests it has read of a connection: who sends hundreds at once would have all answers made at once. */
const MOST_PIPELINED = 4;

/** `before`: what is put before the app, for answers that have to be cheap. */
export async function listen(
  app: { readonly fetch: Fetch },
  { host, port }: Address,
  before: (answer: RequestListener) => RequestListener = (answer) => answer,
): Promise<Listener> {
  let isClosing = false;
  const fetch: Fetch = async (request, env) => {
    const response = await app.fetch(request, env);
    // A client that keeps its connection busy would keep us waiting for ever.
    if (isClosing) response.headers.set('Connection', 'close');
    return response;
  };
  const closing =
    (answer: RequestListener): RequestListener =>
    (request, response) => {
      if (isClosing) response.shouldKeepAlive = false;
      answer(request, response);
    };
  const front = fewAtOnce(closing(before(askingForTheBody(getRequestListener(fetch)))));
  const server = createServer(LIMITS, front).on('checkContinue', front);
  server.maxConnections = MOST_CONNECTIONS;
  server.timeout = SILENCE_MS;
  server.on('clientError', refuse);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(notListening({ host, port }, cause)));
    server.listen(port, host, resolve);
  });
  // A connection that the system had no room for is one that was not made: its client tries again.
  server.on('error', () => undefined);
  const bound = server.address() as AddressInfo;
  return {
    address: formatAddress({ host, port: bound.port }),
    close: async (graceMs) => {
      isClosing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      // Node waits for a first request on these; browsers open them ahead of need.
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
      const grace = new AbortController();
      await Promise.race([closed, sleep(graceMs, undefined, { signal: grace.signal }).catch(() => undefined)]);
      grace.abort();
      server.closeAllConnections();
      await closed;
    },
  };
}

const REFUSALS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  // Not 408, Node's own: exporters and Prometheus drop what was answered so, and send again after 503.
  ERR_HTTP_REQUEST_TIMEOUT: '503 Service Unavailable\r\nRetry-After: 5',
};

/** What is no request, or was never all there. */
function refuse({ code = '' }: NodeJS.ErrnoException, socket: Duplex): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = REFUSALS[code] ?? '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}

/** Who waits to be asked for the body is asked once nothing was put before the app: what is refused there is never sent. */
function askingForTheBody(answer: RequestListener): RequestListener {
  return (request, response) => {
    if (waitsToBeAsked(request)) response.writeContinue();
    answer(request, response);
  };
}

/** Cuts connections that have asked for more than they have been answered. */
function fewAtOnce(answer: RequestListener): RequestListener {
  const unanswered = new WeakMap<Socket, number>();
  return (request, response) => {
    const { socket } = request;
    if (socket.destroyed) return;
    const count = (unanswered.get(socket) ?? 0) + 1;
    if (count > MOST_PIPELINED) {
      socket.destroy();
      return;
    }
    unanswered.set(socket, count);
    response.once('close', () => unanswered.set(socket, unanswered.get(socket)! - 1));
    answer(request, response);
  };
}

const LISTEN_REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'stop what listens there, or choose another address',
  EACCES: 'choose a port above 1023, or give the process CAP_NET_BIND_SERVICE',
  EADDRNOTAVAIL: 'this machine has no such address: listen on 127.0.0.1, 0.0.0.0 or one it has',
  ENOTFOUND: 'this name has no address: listen on 127.0.0.1, 0.0.0.0 or an address of this machine',
};

function notListening(address: Address, cause: NodeJS.ErrnoException): AppError {
  const why = cause.code === 'EADDRINUSE' ? 'something else listens there' : cause.message;
  return new AppError('configuration', `cannot listen on ${formatAddress(address)}: ${why}`, {
    place: 'listen',
    remedy: LISTEN_REMEDIES[cause.code ?? ''] ?? 'choose another address',
    cause,
  });
}

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { send } from './http.ts';
import type { Order, Ready } from './messages.ts';
import type { Answer } from './telemetry.ts';

export interface Service {
  /** Null: no such route. */
  readonly handle: (incoming: IncomingMessage) => Promise<Answer> | null;
  readonly receive?: (order: Order) => void;
  /** Sends what is still held back, before the process exits. */
  readonly flush?: () => Promise<void>;
}

const WARM_UP_REQUESTS = 40;
/** While draining, connections that fall idle are closed this often. */
const SWEEP_MS = 50;

/** Listens on a free port, warms up, reports ready, and drains when told. Ends when the parent is gone. */
export async function run(service: Service): Promise<void> {
  const server = createServer((incoming, response) => {
    const answer = service.handle(incoming) ?? Promise.resolve({ status: 404, body: '' });
    answer.then(({ status, body }) => response.writeHead(status).end(body));
  });
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => process.exit(1));
  process.on('message', (order: Order) => {
    if (order.kind === 'drain') drain(server, service).finally(() => process.exit(0));
    else service.receive?.(order);
  });
  const port = await listen(server);
  await warmUp(port);
  process.send?.({ port } satisfies Ready);
}

export function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** Compiles the HTTP path of a new process on a route that no telemetry sees. */
async function warmUp(port: number): Promise<void> {
  for (let index = 0; index < WARM_UP_REQUESTS; index += 1) {
    await send({ port, method: 'GET', path: '/warm-up', merchant: '' });
  }
}

async function drain(server: Server, service: Service): Promise<void> {
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  await new Promise((resolve) => server.close(resolve));
  clearInterval(sweep);
  await service.flush?.();
}

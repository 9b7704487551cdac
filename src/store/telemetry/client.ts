import { Agent } from 'node:http';
import { createConnection } from 'node:net';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { AppError } from '../../domain/error.ts';

/** Where the engine answers: a server's URL with user, password and database in it, or the socket of the own host. */
export type EngineAddress = { readonly url: string } | { readonly socketPath: string };

/** Of a question; an insert is given up sooner, since it can be sent again. */
const REQUEST_TIMEOUT_MS = 120_000;
export const INSERT_TIMEOUT_MS = 60_000;
const MOST_CONNECTIONS = 8;

export function createEngineClient(address: EngineAddress, timeoutMs = REQUEST_TIMEOUT_MS): ClickHouseClient {
  const settings = {
    request_timeout: timeoutMs,
    application: 'postflight',
    log: { level: 127 as const },
  };
  if ('url' in address) return clientOf({ ...settings, url: address.url, max_open_connections: MOST_CONNECTIONS });
  return createClient({
    ...settings,
    url: 'http://localhost',
    set_basic_auth_header: false,
    http_agent: new SocketAgent(address.socketPath),
  });
}

/** Its own words may quote the URL, which may hold a password. */
function clientOf(settings: Parameters<typeof createClient>[0]): ClickHouseClient {
  try {
    return createClient(settings);
  } catch {
    throw new AppError('configuration', 'the ClickHouse client does not take the URL that is configured', {
      place: 'clickhouse_url',
      remedy: 'write it as http://user:password@host:8123/database, with no parameter the client does not know',
    });
  }
}

/** Every connection goes to the socket, whatever the URL says. */
class SocketAgent extends Agent {
  readonly #path: string;

  constructor(path: string) {
    super({ keepAlive: true, maxSockets: MOST_CONNECTIONS });
    this.#path = path;
  }

  override createConnection(): ReturnType<typeof createConnection> {
    return createConnection(this.#path);
  }
}

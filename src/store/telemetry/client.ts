import { Agent } from 'node:http';
import { createConnection } from 'node:net';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { AppError } from '../../domain/error.ts';

/** Where the engine answers: a server's URL with user, password and database in it, or the socket of the own host. */
export type EngineAddress = { readonly url: string } | { readonly socketPath: string };

/** Of a question; an insert is given up sooner, since it can be sent again. */
const REQUEST_TIMEOUT_MS = 120_000;
export const INSERT_TIMEOUT_MS = 60_000;
/** A little sooner than whoever asked gives up. The own engine answers with a whole file, a server as it goes, as long as an analysis may take. */
const EXECUTION_SECONDS = { engine: (REQUEST_TIMEOUT_MS - 10_000) / 1000, server: 240 };
const MOST_CONNECTIONS = 8;

type ClientSettings = NonNullable<Parameters<typeof createClient>[0]>;

/** Of what only reads: a server ends it when its client is gone, which it does only where it was told that nothing is changed. */
export const READING = { readonly: '2', cancel_http_readonly_queries_on_client_close: 1 } as const;

/** Asks, keeps cells and defines tables; nothing of it runs much longer than anybody waits. */
export function createEngineClient(address: EngineAddress): ClickHouseClient {
  return clientAt(address, {
    request_timeout: REQUEST_TIMEOUT_MS,
    clickhouse_settings: { max_execution_time: EXECUTION_SECONDS['url' in address ? 'server' : 'engine'] },
  });
}

/** Inserts what is to be acknowledged; gives up soon: where the engine is silent, whoever sends has to hear so. */
export function createInsertClient(address: EngineAddress): ClickHouseClient {
  return clientAt(address, { request_timeout: INSERT_TIMEOUT_MS });
}

function clientAt(address: EngineAddress, limits: ClientSettings): ClickHouseClient {
  const settings = { ...limits, application: 'postflight', log: { level: 127 as const } };
  if ('url' in address) return clientOf({ ...settings, url: address.url, max_open_connections: MOST_CONNECTIONS });
  return createClient({
    ...settings,
    url: 'http://localhost',
    set_basic_auth_header: false,
    http_agent: new SocketAgent(address.socketPath),
  });
}

/** Its own words may quote the URL, which may hold a password. */
function clientOf(settings: ClientSettings): ClickHouseClient {
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

import { dirname } from 'node:path';
import type { TelemetryStore } from '../../domain/telemetry-store.ts';
import { ClickHouseTelemetryStore } from './clickhouse-telemetry-store.ts';
import { createEngineClient, type EngineAddress } from './client.ts';

export type TelemetryReader = Pick<TelemetryStore, 'replay' | 'latestMs' | 'close'>;

/** Reads what another thread or process has opened; starts no engine and makes no tables. */
export function openTelemetryReader(address: EngineAddress): TelemetryReader {
  const place = 'url' in address ? { url: address.url } : { folder: dirname(address.socketPath) };
  const client = createEngineClient(address);
  return new ClickHouseTelemetryStore(client, client, null, { place });
}

import { join, resolve } from 'node:path';
import type { Config } from './config.ts';
import type { RecordStore } from './domain/record-store.ts';
import { openPostgresRecords, openSqliteRecords } from './store/records/record-store.ts';
import { type ClickHouseTelemetryStore, openTelemetryStore } from './store/telemetry/clickhouse-telemetry-store.ts';
import type { EngineAddress } from './store/telemetry/client.ts';
import type { Retention } from './store/telemetry/retention.ts';
import { traced } from './tracing.ts';

export interface Stores {
  readonly records: RecordStore;
  readonly telemetry: ClickHouseTelemetryStore;
  /** Where threads of ours read telemetry. */
  readonly address: EngineAddress;
  close(): Promise<void>;
}

/** Told when the embedded engine starts, and when it ends without being asked to. */
export type EngineNotice = (change: { readonly state: 'ready' | 'down'; readonly detail: string }) => void;

/** Both stores, opened; where one cannot be, the other is closed again. */
export async function openStores(config: Config, onEngineChange: EngineNotice): Promise<Stores> {
  const folder = resolve(config.data);
  const records =
    config.databaseUrl === null ? await openSqliteRecords(folder) : await openPostgresRecords(config.databaseUrl);
  try {
    const telemetry = await openTelemetryStore({
      place: config.clickhouseUrl === null ? { folder: join(folder, 'telemetry') } : { url: config.clickhouseUrl },
      limits: {
        activeSeries: config.seriesLimit,
        pastMs: config.acceptPastMs,
        futureMs: config.acceptFutureMs,
      },
      retention: retentionOf(config),
      onEngineChange,
      around: traced,
    });
    return {
      records,
      telemetry,
      address: addressOf(telemetry.engineSocketPath, config.clickhouseUrl),
      close: async () => {
        await telemetry.close();
        await records.close();
      },
    };
  } catch (error) {
    await records.close();
    throw error;
  }
}

export function retentionOf(config: Config): Retention {
  return { pointsDays: days(config.pointsRetentionMs), spansDays: days(config.spansRetentionMs) };
}

/** The engine drops whole days. */
function days(retentionMs: number): number {
  return Math.ceil(retentionMs / 86_400_000);
}

function addressOf(socketPath: string | undefined, url: string | null): EngineAddress {
  return socketPath === undefined ? { url: url ?? '' } : { socketPath };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import type { TelemetrySink } from '../../../src/domain/telemetry.ts';
import {
  type ClickHouseTelemetryStore,
  openTelemetryStore,
  type TelemetryStoreOptions,
} from '../../../src/store/telemetry/clickhouse-telemetry-store.ts';

const HAS_ENGINE = hasEngine();

function hasEngine(): boolean {
  try {
    createRequire(import.meta.url)('chdb');
    return true;
  } catch (error) {
    console.warn(`SKIPPED: the embedded engine does not load here: ${error instanceof Error ? error.message : error}`);
    return false;
  }
}

/** For what needs the embedded engine, an optional dependency that exists for Linux with glibc and for macOS. */
export const describeWithEngine = describe.skipIf(!HAS_ENGINE);

export const NO_TIME_LIMITS = { futureMs: Number.POSITIVE_INFINITY, pastMs: Number.POSITIVE_INFINITY };

export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'postflight-store-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Old points are taken and kept, unless the options say otherwise. */
export function openStore(
  folder: string,
  options: Omit<TelemetryStoreOptions, 'place'> = {},
): Promise<ClickHouseTelemetryStore> {
  const limits = { ...NO_TIME_LIMITS, ...options.limits };
  const retention = { pointsDays: null, spansDays: null, ...options.retention };
  return openTelemetryStore({ place: { folder }, ...options, limits, retention });
}

/** What a sender of these points would have acknowledged when it resolves. */
export async function append(
  store: ClickHouseTelemetryStore,
  tenant: string,
  points: readonly { readonly feed: (sink: TelemetrySink) => void }[],
): Promise<void> {
  const writer = store.writerOf(tenant);
  for (const point of points) point.feed(writer.sink);
  await writer.commit();
}

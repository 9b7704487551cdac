import type { Cells } from './domain/cells.ts';
import type { TelemetryStore } from './domain/telemetry-store.ts';
import type { Window } from './domain/window.ts';
import { createFolding } from './ingest/folding/folding.ts';

/** Which cells: null means any. */
export interface StoredCells {
  readonly tenant: string;
  readonly service: string | null;
  readonly endpoint: string | null;
  readonly window: Window;
}

const BLOCK_MS = 60_000;

/** The one-minute cells behind the numbers of reports, folded as these are. */
export async function foldStored(wanted: StoredCells, telemetry: Pick<TelemetryStore, 'replay'>): Promise<Cells> {
  const { tenant, service, endpoint, window } = wanted;
  const folding = createFolding({
    resolutionMs: BLOCK_MS,
    indicators: [],
    exposureAttributes: new Set(),
    from: window.startMs,
    to: window.endMs,
  });
  await telemetry.replay(tenant, { windows: [window], resolutionMs: BLOCK_MS }, folding.sink);
  const { cells } = folding.finish();
  const series = cells.series.filter(
    ({ key }) => (service === null || key.service === service) && (endpoint === null || key.endpoint === endpoint),
  );
  return { ...cells, series };
}

import type { Cells } from './domain/cells.ts';
import type { TelemetryStore } from './domain/telemetry-store.ts';
import type { Window } from './domain/window.ts';
import { UNKNOWN_SERVICE } from './ingest/folding/cell-key.ts';
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
  // A service without a name cannot be asked for by it.
  const ofOne = service === null || service === UNKNOWN_SERVICE ? {} : { service };
  await telemetry.replay(tenant, { windows: [window], resolutionMs: BLOCK_MS, ...ofOne }, folding.sink);
  const { cells } = folding.finish();
  const series = cells.series.filter(
    ({ key }) => (service === null || key.service === service) && (endpoint === null || key.endpoint === endpoint),
  );
  return { ...cells, series };
}

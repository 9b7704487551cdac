import { setTimeout as wait } from 'node:timers/promises';
import { startTelemetry } from './exporting.ts';
import { between, seededRandom } from './seeded-random.ts';
import { run } from './service.ts';
import { HttpTelemetry } from './telemetry.ts';

/** A service of one route behind the gateway that takes a little while and answers. */
export interface Backend {
  readonly method: string;
  readonly path: string;
  readonly seed: number;
  readonly workMs: readonly [number, number];
  readonly answer: () => string;
}

export function runBackend(backend: Backend): Promise<void> {
  const sdk = startTelemetry();
  const telemetry = new HttpTelemetry();
  const random = seededRandom(backend.seed);
  return run({
    handle: (incoming) => {
      if (incoming.method !== backend.method || incoming.url !== backend.path) return null;
      return telemetry.server(backend.method, backend.path, async () => {
        await wait(between(random, ...backend.workMs));
        return { status: 200, body: backend.answer() };
      });
    },
    flush: () => sdk.shutdown(),
  });
}

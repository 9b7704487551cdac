import type { StreamIdentity, TelemetrySink } from '../../../src/domain/telemetry.ts';
import type { StoredCell } from './judge.ts';
import { clientOf, slotOf } from './ledger-request.ts';
import { BLOCK_MS, cellKey } from './plan.ts';

/** Sums what a replay hands out into the ledger's cells. */
export class CellTally implements TelemetrySink {
  readonly cells = new Map<string, StoredCell>();
  readonly #streams: { client: number; slot: number }[] = [];

  openStream({ resource, attributes }: StreamIdentity): number {
    const client = clientOf(resource.get('service.name') ?? '');
    const slot = slotOf(`${attributes.get('http.request.method')} ${attributes.get('http.route')}`);
    return this.#streams.push({ client: client ?? -1, slot: slot ?? -1 }) - 1;
  }

  histogramPoint(stream: number, startMs: number, _timeMs: number, count: number, sum: number): void {
    const { client, slot } = this.#streams[stream]!;
    addTo(this.cells, cellKey(client, slot, Math.floor(startMs / BLOCK_MS) * BLOCK_MS), count, sum);
  }

  numberPoint(): void {}
  exponentialPoint(): void {}
  summaryPoint(): void {}
  span(): void {}
  flagEvaluation(): void {}

  reject(code: string, where: string, detail: string): void {
    throw new Error(`${code} at ${where}: ${detail}`);
  }
}

export function addTo(cells: Map<string, StoredCell>, key: string, count: number, sum: number): void {
  const cell = cells.get(key) ?? { count: 0, sum: 0 };
  cell.count += count;
  cell.sum += sum;
  cells.set(key, cell);
}

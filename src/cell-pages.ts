import { type CellPage, pageOfCells } from './api/cell-rows.ts';
import type { CellQuery } from './api/services.ts';
import type { Cells } from './domain/cells.ts';
import type { TelemetryStore } from './domain/telemetry-store.ts';
import { foldStored } from './fold-stored.ts';

/** Which page, of whose cells. */
export interface CellPageTask extends CellQuery {
  readonly tenant: string;
}

interface Folded {
  readonly of: string;
  readonly cells: Cells;
  readonly atMs: number;
}

/** As long as a reader may take from one page to the next without all being folded again. */
const KEPT_MS = 60_000;

/** Pages of cells, one after the other: a first page is folded from what is stored now, those after it continue the same list. */
export class CellPages {
  readonly #telemetry: Pick<TelemetryStore, 'replay'>;
  readonly #elapsedMs: () => number;
  #last: Folded | null = null;

  constructor(telemetry: Pick<TelemetryStore, 'replay'>, elapsedMs: () => number) {
    this.#telemetry = telemetry;
    this.#elapsedMs = elapsedMs;
  }

  async page(task: CellPageTask): Promise<CellPage> {
    const cells = task.after === null ? null : this.#keptFor(task);
    const page = pageOfCells(cells ?? (await this.#fold(task)), task.after, task.limit);
    if (page.last === null) this.#last = null;
    return page;
  }

  #keptFor(task: CellPageTask): Cells | null {
    const last = this.#last;
    if (last === null || last.of !== listOf(task) || this.#elapsedMs() - last.atMs > KEPT_MS) return null;
    this.#last = { ...last, atMs: this.#elapsedMs() };
    return last.cells;
  }

  async #fold(task: CellPageTask): Promise<Cells> {
    // Let go of first: two of them at once may be more than fits.
    this.#last = null;
    const cells = await foldStored(task, this.#telemetry);
    this.#last = { of: listOf(task), cells, atMs: this.#elapsedMs() };
    return cells;
  }
}

function listOf({ tenant, service, endpoint, window }: CellPageTask): string {
  return JSON.stringify([tenant, service, endpoint, window.startMs, window.endMs]);
}

import type { SpanTable } from './span-table.ts';

/** The first attempt at a place to be over. */
interface Over {
  readonly peer: number;
  readonly operation: number;
  endMs: number;
}

/**
 * Which resends had the attempt before them at another place. `http.request.resend_count` counts what one request sent,
 * whatever the cause: of a redirect, or where another host was tried, the first went to another peer, and is counted there.
 */
export class ResendOrigins {
  readonly #table: SpanTable;
  readonly #isCounted: (row: number) => boolean;
  /** By parent and resend count the two places that were done first; only of parents with resends, few have any. */
  #over: Map<string, Over[]> | null = null;

  constructor(table: SpanTable, isCounted: (row: number) => boolean) {
    this.#table = table;
    this.#isCounted = isCounted;
  }

  beganElsewhere(row: number): boolean {
    const table = this.#table;
    if (table.resendCount[row]! < 1 || !table.hasParent(row)) return false;
    this.#over ??= this.#indexed();
    const before = this.#over.get(this.#keyOf(row, table.resendCount[row]! - 1)) ?? [];
    return before.some((one) => one.endMs <= table.startMs[row]! && !this.#isAt(row, one));
  }

  #indexed(): Map<string, Over[]> {
    const table = this.#table;
    const parents = new Set<number>();
    for (let row = 0; row < table.rows; row++) if (table.resendCount[row]! > 0) parents.add(table.parentLow[row]!);
    const over = new Map<string, Over[]>();
    for (let row = 0; row < table.rows; row++) {
      if (!parents.has(table.parentLow[row]!) || !this.#isCounted(row)) continue;
      const key = this.#keyOf(row, Math.max(table.resendCount[row]!, 0));
      over.set(key, this.#noted(row, over.get(key) ?? []));
    }
    return over;
  }

  /** Two are enough: whoever asks lies at one place at most. */
  #noted(row: number, over: Over[]): Over[] {
    const endMs = this.#table.endMs[row]!;
    const known = over.find((one) => this.#isAt(row, one));
    if (known !== undefined) known.endMs = Math.min(known.endMs, endMs);
    else over.push({ peer: this.#table.peer[row]!, operation: this.#table.operation[row]!, endMs });
    return over.sort((a, b) => a.endMs - b.endMs).slice(0, 2);
  }

  #isAt(row: number, { peer, operation }: Over): boolean {
    return this.#table.peer[row] === peer && this.#table.operation[row] === operation;
  }

  #keyOf(row: number, resendCount: number): string {
    const { parentLow, parentHigh, reporter } = this.#table;
    return `${parentLow[row]}/${parentHigh[row]}/${reporter[row]}/${resendCount}`;
  }
}

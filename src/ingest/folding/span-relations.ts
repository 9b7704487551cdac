import { compareTexts } from '../../domain/text-order.ts';
import type { AttributeSets } from './attribute-sets.ts';
import { reporterKey } from './cell-key.ts';
import { orderedAttributesKey } from './identity.ts';
import type { LoggedFlags } from './logged-flags.ts';
import { scattered } from './span-id.ts';
import type { SpanSink } from './span-sink.ts';
import { ROLE, type SpanTable } from './span-table.ts';

export const NO_ROW = -1;
const UNRESOLVED = -2;
const IN_PROGRESS = -3;

/** Finds rows by span id. Of spans that came twice one stays, the same one in whatever order they came. */
export class SpanLookup {
  readonly #table: SpanTable;
  readonly #slots: Int32Array;
  /** 1 where the row stands for its span. */
  readonly isKept: Uint8Array;
  duplicates = 0;

  constructor(spans: SpanSink) {
    const { table } = spans;
    this.#table = table;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * table.rows + 2))).fill(NO_ROW);
    this.isKept = new Uint8Array(table.rows).fill(1);
    for (let row = 0; row < table.rows; row++) {
      const slot = this.#slotOf(table.idLow[row]!, table.idHigh[row]!);
      const present = this.#slots[slot]!;
      if (present === NO_ROW) {
        this.#slots[slot] = row;
        continue;
      }
      const keepsPresent = compareSpans(spans, present, row) <= 0;
      this.isKept[keepsPresent ? row : present] = 0;
      if (!keepsPresent) this.#slots[slot] = row;
      this.duplicates++;
    }
  }

  rowOf(low: number, high: number): number {
    return this.#slots[this.#slotOf(low, high)]!;
  }

  #slotOf(low: number, high: number): number {
    const mask = this.#slots.length - 1;
    let slot = scattered(low ^ Math.imul(high, 0x9e3779b1)) & mask;
    for (;;) {
      const row = this.#slots[slot]!;
      if (row === NO_ROW || (this.#table.idLow[row] === low && this.#table.idHigh[row] === high)) return slot;
      slot = (slot + 1) & mask;
    }
  }
}

function compareSpans({ table, texts, sets, reporters }: SpanSink, a: number, b: number): number {
  const content = (row: number) =>
    [
      texts.text(table.endpoint[row]!),
      texts.text(table.peer[row]!),
      texts.text(table.operation[row]!),
      orderedAttributesKey(sets.get(table.exposure[row]!)),
      orderedAttributesKey(sets.get(table.flags[row]!)),
      reporterKey(reporters[table.reporter[row]!]!),
      `${table.parentLow[row]}/${table.parentHigh[row]}/${table.address[row]}/${table.resendCount[row]}`,
    ].join('\n');
  return (
    table.startMs[a]! - table.startMs[b]! ||
    table.endMs[b]! - table.endMs[a]! ||
    table.role(a) - table.role(b) ||
    Number(table.isError(b)) - Number(table.isError(a)) ||
    Number(table.isSynthetic(b)) - Number(table.isSynthetic(a)) ||
    compareTexts(content(a), content(b))
  );
}

export function parentRows(table: SpanTable, lookup: SpanLookup): Int32Array {
  const parents = new Int32Array(table.rows).fill(NO_ROW);
  for (let row = 0; row < table.rows; row++) {
    if (table.hasParent(row)) parents[row] = lookup.rowOf(table.parentLow[row]!, table.parentHigh[row]!);
  }
  return parents;
}

/** The request in whose course a span happened, in the same process: the nearest request span upward, or itself. */
export function requestRows(table: SpanTable, parents: Int32Array): Int32Array {
  const requests = new Int32Array(table.rows).fill(UNRESOLVED);
  const path: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    path.length = 0;
    let current = row;
    while (current !== NO_ROW && requests[current] === UNRESOLVED) {
      if (table.role(current) === ROLE.request) {
        requests[current] = current;
        break;
      }
      requests[current] = IN_PROGRESS;
      path.push(current);
      const parent = parents[current]!;
      const isSameProcess = parent !== NO_ROW && table.reporter[parent] === table.reporter[current];
      current = isSameProcess ? parent : NO_ROW;
    }
    // A span that is its own ancestor belongs to no request.
    const found = current === NO_ROW ? NO_ROW : Math.max(requests[current]!, NO_ROW);
    for (const passed of path) requests[passed] = found;
  }
  return requests;
}

/** By row: every flag met in the course of the request; spans outside any request keep their own. */
export function flagSets(
  table: SpanTable,
  sets: AttributeSets,
  requests: Int32Array,
  lookup: SpanLookup,
  logged: LoggedFlags,
): Int32Array {
  const flags = new Int32Array(table.rows);
  for (let row = 0; row < table.rows; row++) if (lookup.isKept[row]) join(row, table.flags[row]!);
  for (let i = 0; i < logged.rows; i++) join(lookup.rowOf(logged.idLow[i]!, logged.idHigh[i]!), logged.flags[i]!);
  return flags;

  function join(row: number, set: number): void {
    if (row === NO_ROW) return;
    const request = requests[row]!;
    const target = request === NO_ROW ? row : request;
    flags[target] = sets.union(flags[target]!, set);
  }
}

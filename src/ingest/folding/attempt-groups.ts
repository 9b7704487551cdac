import type { Attempt } from './requests.ts';
import type { ResendOrigins } from './resend-origins.ts';
import { scattered } from './span-id.ts';
import { NO_ROW, type SpanLookup } from './span-relations.ts';
import type { SpanTable } from './span-table.ts';

/**
 * Rows of attempts that may belong to one call: same parent, process, peer and operation. Each visit hands out the rows
 * of one group in order of their start.
 */
export function forEachAttemptGroup(
  table: SpanTable,
  isCounted: (row: number) => boolean,
  visit: (rows: readonly number[]) => void,
): void {
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * table.rows + 2))).fill(NO_ROW);
  const next = new Int32Array(table.rows).fill(NO_ROW);
  const heads: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    if (!isCounted(row)) continue;
    const slot = slotOf(row);
    const head = slots[slot]!;
    if (head === NO_ROW) {
      slots[slot] = row;
      heads.push(row);
    } else {
      next[row] = next[head]!;
      next[head] = row;
    }
  }
  const rows: number[] = [];
  for (const head of heads) {
    rows.length = 0;
    for (let row = head; row !== NO_ROW; row = next[row]!) rows.push(row);
    if (rows.length > 1) rows.sort((a, b) => compareStarts(table, a, b));
    visit(rows);
  }

  function slotOf(row: number): number {
    const mask = slots.length - 1;
    const place = Math.imul(table.peer[row]!, 31) + Math.imul(table.operation[row]!, 17) + table.reporter[row]!;
    let slot = scattered(table.parentLow[row]! ^ Math.imul(place, 0x9e3779b1)) & mask;
    while (slots[slot] !== NO_ROW && !isSameGroup(table, slots[slot]!, row)) slot = (slot + 1) & mask;
    return slot;
  }
}

function isSameGroup(table: SpanTable, a: number, b: number): boolean {
  return (
    table.parentLow[a] === table.parentLow[b] &&
    table.parentHigh[a] === table.parentHigh[b] &&
    table.reporter[a] === table.reporter[b] &&
    table.peer[a] === table.peer[b] &&
    table.operation[a] === table.operation[b]
  );
}

function compareStarts(table: SpanTable, a: number, b: number): number {
  return (
    table.startMs[a]! - table.startMs[b]! ||
    table.resendCount[a]! - table.resendCount[b]! ||
    table.endMs[a]! - table.endMs[b]! ||
    table.idHigh[a]! - table.idHigh[b]! ||
    table.idLow[a]! - table.idLow[b]!
  );
}

/** The rows of a group as attempts; links count where they lead to an earlier attempt of the group. */
export function attemptsOf(
  table: SpanTable,
  lookup: SpanLookup,
  origins: ResendOrigins,
  rows: readonly number[],
): Attempt[] {
  const positionOfRow = new Map(rows.map((row, position) => [row, position]));
  return rows.map((row, position) => ({
    startMs: table.startMs[row]!,
    endMs: table.endMs[row]!,
    failed: table.isError(row),
    resendCount: table.resendCount[row]!,
    beganElsewhere: origins.beganElsewhere(row),
    address: table.address[row]!,
    linksTo: latestLink(row, position),
  }));

  function latestLink(row: number, position: number): number {
    const ids = table.links.get(row) ?? new Uint32Array(0);
    let latest = -1;
    for (let i = 0; i < ids.length; i += 2) {
      const linked = positionOfRow.get(lookup.rowOf(ids[i]!, ids[i + 1]!)) ?? -1;
      if (linked < position && linked > latest) latest = linked;
    }
    return latest;
  }
}

import { formatCount } from '../domain/numbers.ts';
import { formatQuantity } from '../domain/quantities.ts';
import type { ContrastRow, ContrastTable } from '../domain/report.ts';

/** What a row of traffic met, said in names that `write` shows safely. */
export function metWords({ met }: ContrastRow, write: (change: string) => string): string {
  return met.length === 0 ? 'none of them' : met.map(write).join(' + ');
}

export function levelOf(row: ContrastRow, { of }: ContrastTable): string {
  return formatQuantity(row.value, of);
}

/** How an output writes text that came from telemetry. */
export interface Writers {
  readonly name: (text: string) => string;
  readonly text: (text: string) => string;
}

/** The table in one line, for outputs without tables. */
export function levelsLine(table: ContrastTable, write: Writers): string {
  const { service, endpoint, peer, indicator } = table.of;
  const where = [service, ...(endpoint === null ? [] : [endpoint])].map(write.name).join(' ');
  const callee = peer === null ? '' : ` to ${write.name(peer)}`;
  const rows = table.rows.map(
    (row) => `${metWords(row, write.name)} ${write.text(levelOf(row, table))} (${formatCount(row.requests)} requests)`,
  );
  return `${write.name(indicator)} of ${where}${callee} side by side in ${formatCount(table.blocks)} blocks, by what traffic met: ${rows.join('; ')}`;
}

import { formatCount } from '../../domain/numbers.ts';
import type { ContrastRow, ContrastTable } from '../../domain/report.ts';
import { levelOf } from '../levels.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';
import { endpointName, name } from './names.ts';

/** Levels by what traffic met, so that a reader can check the share by hand. */
export function levelsTable(table: ContrastTable | null): Markup | null {
  if (table === null) return null;
  const { service, endpoint, peer, indicator } = table.of;
  const callee = peer === null ? null : html` → ${name(peer)}`;
  return html`<table class="small">
<caption>${name(indicator)} of ${name(service)}${callee} ${endpointName(endpoint)}, side by side in ${formatCount(table.blocks)} blocks</caption>
<thead><tr><th scope="col">Traffic that met</th><th scope="col" class="number">Level</th><th scope="col" class="number">Requests</th></tr></thead>
<tbody>
${table.rows.map((row) => levelRow(row, table))}</tbody>
</table>
`;
}

function levelRow(row: ContrastRow, table: ContrastTable): Markup {
  return html`<tr><td class="name">${metNames(row.met)}</td><td class="number">${levelOf(row, table)}</td><td class="number">${formatCount(row.requests)}</td></tr>
`;
}

function metNames(met: readonly string[]): Markup | readonly Markup[] {
  if (met.length === 0) return html`none of them`;
  return met.map((change, index) => (index === 0 ? name(change) : html` + ${name(change)}`));
}

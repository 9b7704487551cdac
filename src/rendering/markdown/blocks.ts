/** Cells that are Markdown already, as one row of a table. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** A table of left-aligned columns; empty where there are no rows. */
export function table(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  return [tableRow(headers), tableRow(headers.map(() => '---')), ...rows.map(tableRow)].join('\n');
}

/** A heading with what follows it; nothing where there is nothing to say. */
export function markdownSection(title: string, ...blocks: readonly string[]): readonly string[] {
  const filled = blocks.filter((block) => block !== '');
  return filled.length === 0 ? [] : [`## ${title}`, ...filled];
}

export function moreLine(count: string | null): string {
  return count === null ? '' : `… and ${count} more in the JSON or HTML report.`;
}

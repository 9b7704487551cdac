/** Columns padded to one width, as the formatter lays Markdown tables out. */
export function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const texts = [headings, ...rows].map((row) => row.map((text) => text.replaceAll('|', '\\|')));
  const widths = headings.map((_, column) => Math.max(3, ...texts.map((row) => row[column]?.length ?? 0)));
  const [first, ...rest] = texts.map((row) => row.map((text, column) => text.padEnd(widths[column]!)));
  const rule = widths.map((width) => '-'.repeat(width));
  return [first!, rule, ...rest].map((row) => `| ${row.join(' | ')} |`);
}

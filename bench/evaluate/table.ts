import type { JudgedFigure } from './figure.ts';
import type { Floor } from './floors.ts';

export interface Evaluation {
  readonly node: string;
  readonly cores: number;
  readonly figures: readonly JudgedFigure[];
  /** Figures broken down by indicator, or beside the ones that are held to a bar. */
  readonly details: readonly JudgedFigure[];
}

const HEADINGS = ['set', 'n', 'figure', 'value', '95 % interval', 'bar', 'met', 'plain rule', 'published'];

export function markdownOf({ node, cores, figures, details }: Evaluation): string {
  return [
    '# How right the verdicts are',
    '',
    `Written by \`npm run evaluate\` with Node ${node} on ${cores} cores. Cases of public data sets with known truth, and simulated`,
    'upgrades whose truth is put in. Brackets are 95 % intervals: over draws of whole recordings for cases, over independent',
    'endpoints or reports for simulations. "Plain rule" is a fixed threshold on medians, scored the same way.',
    '',
    ...rowsOf(HEADINGS, figures.map(cells)),
    '',
    ...(details.length === 0
      ? []
      : [
          '## In detail',
          '',
          ...rowsOf(
            HEADINGS.slice(0, 5),
            details.map((one) => cells(one).slice(0, 5)),
          ),
          '',
        ]),
  ].join('\n');
}

/** The same for machines; laid out as the formatter would. */
export function jsonOf({ node, cores, figures, details }: Evaluation): string {
  const plain = (all: readonly JudgedFigure[]) =>
    all.map(({ set, name, n, value, interval, floor, met }) => ({
      set,
      figure: name,
      n,
      value: rounded(value),
      interval: interval === null ? null : { low: rounded(interval[0]), high: rounded(interval[1]) },
      atLeast: floor?.atLeast ?? null,
      atMost: floor?.atMost ?? null,
      met,
      plain: floor?.plain ?? null,
      published: floor?.published ?? null,
    }));
  return `${JSON.stringify({ node, cores, figures: plain(figures), details: plain(details) }, null, 2)}\n`;
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toFixed(4));
}

/** Columns padded to one width, as the formatter lays Markdown tables out. */
function rowsOf(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const texts = [headings, ...rows].map((row) => row.map((text) => text.replaceAll('|', '\\|')));
  const widths = headings.map((_, column) => Math.max(3, ...texts.map((row) => row[column]?.length ?? 0)));
  const [first, ...rest] = texts.map((row) => row.map((text, column) => text.padEnd(widths[column]!)));
  const rule = widths.map((width) => '-'.repeat(width));
  return [first!, rule, ...rest].map((row) => `| ${row.join(' | ')} |`);
}

function cells({ set, n, name, value, interval, floor, met }: JudgedFigure): string[] {
  return [
    set,
    String(n),
    name,
    value === null ? '–' : value.toFixed(3),
    interval === null ? '' : `${interval[0].toFixed(3)} – ${interval[1].toFixed(3)}`,
    floor === null ? '' : barOf(floor),
    met === null ? '' : met ? 'yes' : '**no**',
    floor?.plain ?? '',
    floor?.published ?? '',
  ];
}

function barOf({ atLeast, atMost }: Floor): string {
  if (atLeast !== undefined && atMost !== undefined) return `${atLeast} – ${atMost}`;
  if (atLeast !== undefined) return `≥ ${atLeast}`;
  return atMost === undefined ? '' : `≤ ${atMost}`;
}

/** The same table for a terminal, columns aligned. */
export function plainTable(figures: readonly JudgedFigure[]): string {
  const rows = [HEADINGS, ...figures.map(cells)].map((row) => row.slice(0, 8));
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

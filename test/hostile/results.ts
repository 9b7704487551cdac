import { markdownTable } from '../../bench/load/table.ts';
import type { Figure } from './row.ts';

export interface RowOutcome {
  readonly number: number;
  readonly title: string;
  readonly seconds: number;
  readonly loadBefore: number;
  readonly figures: readonly Figure[];
}

export interface HostileResults {
  readonly node: string;
  readonly cores: number;
  readonly rows: readonly RowOutcome[];
}

export function missesOf({ figures }: Pick<RowOutcome, 'figures'>): Figure[] {
  return figures.filter(({ isMet }) => isMet === false);
}

function figureText({ name, value, bar }: Figure): string {
  const shown = typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 3 }) : value;
  return `${name} ${shown}${bar === '' ? '' : ` (${bar})`}`;
}

export function linesOf(row: RowOutcome): string {
  const judged = row.figures.filter(({ isMet }) => isMet !== null);
  const verdict = missesOf(row).length === 0 ? 'met' : 'not met';
  return `row ${row.number}: ${judged.map(figureText).join('; ')}: ${verdict}`;
}

export function markdownOf({ node, cores, rows }: HostileResults): string {
  const table = rows.flatMap((row) =>
    row.figures.map(({ name, value, bar, isMet }, index) => [
      index === 0 ? String(row.number) : '',
      name,
      typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 3 }) : value,
      bar,
      isMet === null ? '' : isMet ? 'yes' : '**no**',
    ]),
  );
  const summary = rows.map((row) => [
    String(row.number),
    row.title,
    missesOf(row).length === 0 ? 'yes' : '**no**',
    row.seconds.toFixed(0),
    row.loadBefore.toFixed(1),
  ]);
  return [
    '# Limits and hostile input',
    '',
    `Written by \`npm run hostile\` against \`postflight serve\` with Node ${node} on ${cores} cores; the load is the average over one`,
    'minute before each row. Times and memory are of that machine under that load.',
    '',
    ...markdownTable(['row', 'what comes in', 'met', 'seconds', 'load before'], summary),
    '',
    ...markdownTable(['row', 'figure', 'measured', 'bar', 'met'], table),
    '',
  ].join('\n');
}

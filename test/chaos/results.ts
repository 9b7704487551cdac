import { markdownTable } from '../../bench/load/table.ts';
import { allMisses, type RowResult } from './rows/row.ts';
import type { SelfProof } from './self-proof.ts';

export interface RowOutcome {
  readonly name: string;
  readonly bar: string;
  readonly seconds: number;
  /** Of the machine, before the row. */
  readonly loadBefore: number;
  readonly result: RowResult;
}

export interface ChaosResults {
  readonly target: string;
  readonly node: string;
  readonly cores: number;
  readonly kernel: string;
  /** Null where it was not asked for. */
  readonly proof: SelfProof | null;
  readonly rows: readonly RowOutcome[];
}

/** What was measured now in the place of what was measured before; the order is that of `names`. */
export function updated(before: ChaosResults | null, now: ChaosResults, names: readonly string[]): ChaosResults {
  const rows = names.flatMap((name) => {
    const row = [now, before].map((run) => run?.rows.find((one) => one.name === name)).find((one) => one !== undefined);
    return row === undefined ? [] : [row];
  });
  return { ...now, proof: now.proof ?? before?.proof ?? null, rows };
}

export function isMet({ rows, proof }: ChaosResults): boolean {
  const isProved = proof === null || (proof.missed.length === 0 && proof.falseAlarms.length === 0);
  return isProved && rows.every(({ result }) => allMisses(result).length === 0);
}

export function figuresText(result: RowResult): string {
  const { figures, skipped } = result;
  const misses = allMisses(result);
  if (skipped !== null) return `skipped: ${skipped}`;
  const text = Object.entries(figures)
    .map(([name, value]) => `${name} ${typeof value === 'number' ? value.toLocaleString('en') : value}`)
    .join(', ');
  return misses.length === 0 ? text : `${text}; MISSED: ${misses.join('; ')}`;
}

export function proofText({ caught, missed, falseAlarms }: SelfProof): string {
  const all = caught.length + missed.length;
  const unseen = missed.length === 0 ? '' : `; MISSED: ${missed.join(', ')}`;
  const wrong = falseAlarms.length === 0 ? ', no false alarm' : `; FALSE ALARMS: ${falseAlarms.join('; ')}`;
  return `catches ${caught.length}/${all} seeded bugs${unseen}${wrong}`;
}

export function markdownOf(results: ChaosResults): string {
  const { target, node, cores, kernel, proof, rows } = results;
  return [
    '# What is lost when things break',
    '',
    `Written by \`npm run chaos\` against \`${target}\` with Node ${node} on ${cores} cores, Linux ${kernel}. Clients of a ledger send`,
    'requests whose every point has a random count and a random weight, and note each acknowledgement. After the faults, what is in',
    'doubt is sent again, and the cells the service tells are compared with what was acknowledged: exactly, cell by cell, on the',
    'count and on the sum of the weights. `load` is the load average of the machine before the row; recovery takes longer under it.',
    '',
    ...(proof === null ? [] : [`The harness on stores with mistakes put in: ${proofText(proof)}.`, '']),
    ...markdownTable(
      ['fault', 'what has to be seen', 'met', 'figures', 'seconds', 'load'],
      rows.map(({ name, bar, seconds, loadBefore, result }) => [
        name,
        bar,
        result.skipped !== null ? 'skipped' : allMisses(result).length === 0 ? 'yes' : '**no**',
        figuresText(result),
        seconds.toFixed(0),
        loadBefore.toFixed(1),
      ]),
    ),
    '',
  ].join('\n');
}

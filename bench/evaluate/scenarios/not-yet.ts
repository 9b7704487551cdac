import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = join(import.meta.dirname, '../../../test/scenarios/not-yet.txt');

/** Scenarios known not to be judged right yet, with the reason. */
export function readNotYet(): ReadonlyMap<string, string> {
  const lines = readFileSync(FILE, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [name = '', ...reason] = line.split(': ');
      return [name, reason.join(': ')];
    }),
  );
}

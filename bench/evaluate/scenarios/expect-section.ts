import { type Entry, withoutMore } from './outline.ts';
import { Words } from './words.ts';
import type { Expectation, ExpectedSuspect } from './written-scenario.ts';

const REPORT_VERDICTS = ['regressed', 'improved', 'no-regression', 'cannot-tell'] as const;
const SUSPECT_VERDICTS = ['blamed', 'contributing', 'cleared', 'cannot-separate', 'no-evidence'] as const;
const VERDICT = 'verdict VERDICT[ or VERDICT …]';
const SUSPECT = 'CHANGE VERDICT[ or VERDICT …][ from CHANGE, CHANGE …][ with N % to N %]';

export function readExpectation(section: Entry, file: string): Expectation {
  const verdicts: Expectation['verdicts'][number][] = [];
  const suspects: ExpectedSuspect[] = [];
  for (const entry of section.below) {
    withoutMore(entry, file);
    const isVerdict = entry.text.startsWith('verdict ');
    const words = new Words(entry.text, file, entry.line, isVerdict ? VERDICT : SUSPECT);
    if (words.skips('verdict')) verdicts.push(...alternatives(words, REPORT_VERDICTS, 'verdict of a report'));
    else suspects.push(readSuspect(words));
    words.end();
  }
  return { verdicts, suspects };
}

function readSuspect(words: Words): ExpectedSuspect {
  const change = words.name('change');
  const verdicts = alternatives(words, SUSPECT_VERDICTS, 'verdict of a suspect');
  let inseparableFrom: string[] | null = null;
  if (words.skips('from')) {
    inseparableFrom = [words.name('change')];
    while (words.skips(',')) inseparableFrom.push(words.name('change'));
  }
  let share: [number, number] | null = null;
  if (words.skips('with')) {
    const least = words.percent('least share');
    words.expect('to');
    share = [least, words.percent('largest share')];
  }
  return { change, verdicts, inseparableFrom, share, line: words.line };
}

function alternatives<Choice extends string>(words: Words, choices: readonly Choice[], what: string): Choice[] {
  const chosen = [words.oneOf(choices, what)];
  while (words.skips('or')) chosen.push(words.oneOf(choices, what));
  return chosen;
}

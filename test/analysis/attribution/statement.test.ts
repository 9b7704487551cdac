import { describe, expect, it } from 'vitest';
import { plainly, sentencesOf } from '../../../src/analysis/attribution/statement.ts';

const kept = (place: string, most: string) => ({ claim: 'traffic without it kept its old level', place, detail: most });

describe('the evidence about a change', () => {
  it('is one sentence for each claim, with the places it was seen at and their numbers', () => {
    expect(sentencesOf([kept('errors of a', 'at most 9%'), kept('p99 of a', 'at most 1%')])).toEqual([
      'Traffic without it kept its old level: errors of a (at most 9%) and p99 of a (at most 1%).',
    ]);
  });

  it('keeps the order in which claims were first made', () => {
    const statements = [kept('errors of a', '1%'), plainly('it came first'), kept('errors of b', '2%')];
    expect(sentencesOf(statements).map((one) => one.slice(0, 11))).toEqual(['Traffic wit', 'It came fir']);
  });

  it('counts the places it does not write out', () => {
    const statements = ['a', 'b', 'c', 'd', 'e'].map((place) => kept(place, '1%'));
    expect(sentencesOf(statements)).toEqual([
      'Traffic without it kept its old level: a (1%); b (1%); c (1%) and 2 more.',
    ]);
  });

  it('names a place once, whatever else is said of it', () => {
    expect(sentencesOf([kept('a', '1%'), kept('a', '2%')])).toEqual(['Traffic without it kept its old level: a (1%).']);
  });
});

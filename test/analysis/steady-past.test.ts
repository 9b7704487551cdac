import { describe, expect, it } from 'vitest';
import { steadyPast } from '../../src/analysis/past/steady-past.ts';
import { seededRandom } from '../support/seeded-random.ts';

const MINUTE_MS = 60_000;
const HOUR = 60;
const DAY = 24 * HOUR;
/** A Friday, midnight. */
const FIRST = Date.UTC(2026, 10, 20) / MINUTE_MS;
const POST = 2 * HOUR;

/** A baseline of one value a minute, a daily season with AR(1) noise of 5 % on it, times a level. */
function baselineOf(days: number, seed: number, levelAt: (minute: number) => number) {
  const random = seededRandom(seed);
  let state = 0.05 * random.normal();
  const numerators = Float64Array.from({ length: days * DAY }, (_, minute) => {
    state = 0.6 * state + 0.05 * 0.8 * random.normal();
    return (100 + 40 * Math.sin((2 * Math.PI * minute) / DAY) + 100 * state) * levelAt(minute);
  });
  return {
    blocks: Int32Array.from(numerators, (_, minute) => FIRST + minute),
    counts: { numerators, denominators: new Float64Array(numerators.length).fill(1) },
  };
}

function steady(days: number, seed: number, levelAt: (minute: number) => number) {
  return steadyPast(baselineOf(days, seed, levelAt), POST, MINUTE_MS);
}

const seeds = Array.from({ length: 20 }, (_, i) => i + 1);
const instant = (minute: number): number => (FIRST + minute) * MINUTE_MS;
/** Instants a note names. */
const named = (note: string): number[] =>
  [...note.matchAll(/\d{4}-\d\d-\d\dT[\d:]+Z/g)].map(([text]) => Date.parse(text));

describe('a long baseline', () => {
  it('is kept whole where its level did not change', () => {
    expect(seeds.filter((seed) => steady(6, seed, () => 1) !== null).length).toBeLessThanOrEqual(2);
  });

  it('is cut at its last old change of level, whose time and levels are said', () => {
    for (const seed of seeds) {
      const past = steady(6, seed, (minute) => (minute < 2.5 * DAY ? 1 : 1.2))!;
      const [at] = named(past.note);
      expect(Math.abs(at! - instant(2.5 * DAY))).toBeLessThanOrEqual(2 * HOUR * MINUTE_MS);
      expect(past.isSteady(FIRST + DAY)).toBe(false);
      expect(past.isSteady(FIRST + 5 * DAY)).toBe(true);
      expect(past.note).toMatch(/another level \(\S+, later \S+\)/);
    }
  });

  it('loses an incident and keeps what was before and after it', () => {
    const pasts = seeds.map((seed) => steady(8, seed, (minute) => (minute >= 3 * DAY && minute < 3.5 * DAY ? 1.5 : 1)));
    const left = pasts.filter((past) => past?.isSteady(FIRST + 2 * DAY));
    expect(left.length).toBeGreaterThanOrEqual(16);
    for (const past of left) {
      expect(past!.isSteady(FIRST + 3.25 * DAY)).toBe(false);
      expect(past!.isSteady(FIRST + 6 * DAY)).toBe(true);
      expect(named(past!.note)).toHaveLength(2);
    }
  });

  it('is left as it is where its level changes all the time: that is how noisy it is', () => {
    const levels = [1, 1.3, 0.9, 1.2, 0.8, 1.1, 1.4, 1];
    for (const seed of seeds) expect(steady(8, seed, (minute) => levels[Math.floor(minute / DAY)]!)).toBeNull();
  });

  it('is not cut down to less than hours can be matched in', () => {
    for (const seed of seeds) expect(steady(4, seed, (minute) => (minute < 3 * DAY ? 1 : 1.3))).toBeNull();
  });

  it('is not cut below three days, in which a season cannot be told from changes', () => {
    for (const seed of seeds) expect(steady(2, seed, (minute) => (minute < DAY ? 1 : 1.3))).toBeNull();
  });

  it('is cut the same in any unit', () => {
    const level = (minute: number): number => (minute < 2.5 * DAY ? 1 : 1.2);
    const [one, thousand] = [1, 1000].map((unit) => steady(6, 1, (minute) => unit * level(minute)));
    expect(named(thousand!.note)).toEqual(named(one!.note));
  });
});

import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { Comparison, ComparisonVerdict } from '../../src/domain/report.ts';
import { renderExplanation } from '../../src/rendering/explanation.ts';
import { arbitraryComparison } from './arbitrary-report.ts';
import { FIXTURES_FOLDER, readFixtureReport } from './fixture-reports.ts';

const dten = readFixtureReport('dten');
const WIDE = { width: 1000, colour: false };
const RAW_CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

function fixture(verdict: ComparisonVerdict, indicator: string): Comparison {
  return dten.comparisons.find((one) => one.verdict === verdict && one.indicator === indicator)!;
}

/** The words of one step. */
function step(label: string, comparison: Comparison): string {
  const lines = renderExplanation(comparison, dten, WIDE).split('\n');
  return lines.find((line) => line.startsWith(`    ${label.padEnd(8)}`))!.slice(12);
}

const retries = fixture('regressed', 'retry_ratio');
const orders = fixture('regressed', 'latency.p99');

describe('the working of a comparison', () => {
  it.each([
    ['regressed', 'retry_ratio', 80],
    ['regressed', 'latency.p99', 120],
    ['improved', 'latency.p99', 80],
    ['cannot-tell', 'error_ratio', 80],
    ['no-regression', 'availability', 80],
  ] as const)('reads as agreed where %s (%s), at %i columns', async (verdict, indicator, width) => {
    const text = renderExplanation(fixture(verdict, indicator), dten, { width, colour: false });
    await expect(text).toMatchFileSnapshot(`${FIXTURES_FOLDER}/explain-${verdict}-${indicator}.golden.${width}.txt`);
  });

  it('takes the steps in the order of a check by hand, the verdict last', () => {
    const labels = [...renderExplanation(retries, dten, WIDE).matchAll(/^ {4}(\w+) /gm)].map(([, label]) => label);
    expect(labels).toEqual([
      ...['how', 'note', 'before', 'after', 'effect', 'margin', 'chance', 'past', 'visible', 'since', 'so'],
    ]);
  });

  it('says how many independent requests an arm counts as', () => {
    const post = { ...orders.working!.post, requests: 4872, design_effect: 4 };
    const text = step('with', { ...orders, requests: [1, 4872], working: { ...orders.working!, post } });
    expect(text).toContain('4,872 requests in 20 clusters. Design effect 4:');
    expect(text).toContain('4,872 / 4 = 1,218 independent ones');
    const alone = { ...orders.working!, post: { ...post, design_effect: 0.9 } };
    expect(step('with', { ...orders, working: alone })).toContain('each request counts in full');
  });

  it('gives sums that a person can repeat and that end at the ends of the interval', () => {
    const sums = [...step('effect', orders).matchAll(/exp\(([\d.]+) ([−+]) √\(([\d.]+)² \+ ([\d.]+)²\)\) − 1/g)];
    const ends = sums.map(([, centre, sign, first, second]) => {
      const reach = Math.hypot(Number(first), Number(second));
      return Math.expm1(Number(centre) + (sign === '+' ? reach : -reach));
    });
    const { low, high } = orders.effect!;
    expect(ends).toHaveLength(2);
    expect(ends[0]).toBeCloseTo(low, 1);
    expect(ends[1]).toBeCloseTo(high, 1);
  });

  it('claims no sum where the method took something off that the arms do not show', () => {
    const text = step('effect', { ...orders, effect: { ...orders.effect!, estimate: 1.1, low: 0.8 } });
    expect(text).not.toContain('By hand');
    expect(text).toContain('The two arms alone give 548 ms / 212 ms − 1 = +158%');
  });

  it('says what quiet windows of the past showed, and why not where they were not asked', () => {
    const { windows, false_alarms_before, false_alarms_after } = retries.working!.calibration!;
    expect(step('past', retries)).toContain(`${windows} quiet windows`);
    expect(step('past', retries)).toContain(
      `${false_alarms_before} would have alarmed uncalibrated, ${false_alarms_after} calibrated`,
    );
    expect(step('past', orders)).toContain('both sides ran at the same time');
    expect(step('past', fixture('cannot-tell', 'latency.p99'))).toContain('does not hold eight quiet windows');
  });

  it('counts the comparisons that were tested together', () => {
    const tested = dten.comparisons.filter(({ q }) => q !== null).length;
    expect(step('chance', orders)).toContain(`the ${tested} comparisons tested together`);
  });

  it.each([
    ['lower', 0.1, 0.2, 'regressed', 'wholly above the margin and q is at most 5%: regressed.'],
    ['higher', -0.2, -0.1, 'regressed', 'wholly below the margin and q is at most 5%: regressed.'],
    ['lower', -0.02, 0.04, 'no-regression', 'wholly below the margin, so a move beyond the margin is ruled out'],
    ['higher', -0.04, 0.02, 'no-regression', 'wholly above the margin, so a move beyond the margin is ruled out'],
    ['either', -0.04, 0.02, 'no-regression', 'wholly within the margins, so a move beyond the margin is ruled out'],
    ['either', -0.2, -0.1, 'shifted', 'wholly beyond the margins and q is at most 5%: shifted.'],
    ['lower', -0.1, 0.2, 'cannot-tell', 'on both sides of the margin, so neither'],
  ] as const)(
    'draws the verdict from the interval where better is %s, %f to %f',
    (better, low, high, verdict, words) => {
      const effect = { kind: 'relative' as const, estimate: (low + high) / 2, low, high, margin: 0.05 };
      expect(step('so', { ...orders, better, verdict, effect })).toContain(words);
    },
  );

  it('says that a clear interval is not enough where q is above the rate', () => {
    const text = step('so', { ...orders, verdict: 'cannot-tell', q: 0.2 });
    expect(text).toContain('wholly above the margin, but q is above 5%');
  });

  it('fits the terminal, says the same in colour, and lets no control character through, whatever it is given', () => {
    fc.assert(
      fc.property(arbitraryComparison, fc.integer({ min: 24, max: 200 }), (comparison, width) => {
        const text = renderExplanation(comparison, dten, { width, colour: false });
        const lines = text.replace(/\n$/, '').split('\n');
        expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
        expect(lines.filter((line) => RAW_CONTROL.test(line))).toEqual([]);
        expect(text).not.toMatch(/\b(NaN|undefined|Infinity)\b/);
        expect(stripVTControlCharacters(renderExplanation(comparison, dten, { width, colour: true }))).toBe(text);
      }),
    );
  });
});

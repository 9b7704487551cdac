import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/domain/report.ts';
import { renderText } from '../../src/rendering/text.ts';
import { arbitraryReport } from './arbitrary-report.ts';
import { readFixtureReport } from './fixture-reports.ts';

const PLAIN = { width: 100, colour: false };
const RAW_CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const dten = readFixtureReport('dten');

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, '').split('\n');
}

function manyRegressed(count: number): readonly Comparison[] {
  const first = dten.comparisons[0]!;
  return Array.from({ length: count }, (_, index) => ({ ...first, endpoint: `GET /endpoint-${index}` }));
}

describe('a report as text', () => {
  it('says the verdict and the reason first', () => {
    const [first] = linesOf(renderText(dten, { width: 400, colour: false }));
    expect(first).toBe(`▲ REGRESSED: ${dten.reason}`);
  });

  it('says what got worse before who did it, and that before what got better', () => {
    const text = renderText(dten, PLAIN);
    const places = [
      'WHAT GOT WORSE',
      'WHO DID IT',
      'WHAT GOT BETTER',
      'ERROR BUDGETS',
      'WHAT IT CANNOT TELL',
      'READ',
    ].map((title) => text.indexOf(`\n${title}`));
    expect(places).toEqual([...places].sort((left, right) => left - right));
    expect(places).not.toContain(-1);
  });

  it('shows a ratio as percent, a latency in milliseconds, and the effect with its interval', () => {
    const text = renderText(dten, PLAIN);
    expect(text).toContain('2.1% → 9.4%, +348% worse (+260% to +451%, margin 10%)');
    expect(text).toContain('212 ms → 548 ms, +158% worse (+121% to +202%, margin 5%)');
    expect(text).toContain('since   2026-11-20 02:41 UTC, between 02:39 and 02:43');
  });

  it('only counts the comparisons that stayed within the margin', () => {
    expect(renderText(dten, { width: 200, colour: false })).toContain(
      '36 of 44 comparisons: no regression, shown to stay within the margin; moves of 13% (worst 17%) would have been seen.',
    );
    expect(renderText(dten, PLAIN)).not.toContain('GET /shipping/quotes');
  });

  it('lists at length only so many comparisons, and counts the rest', () => {
    const text = renderText({ ...dten, comparisons: manyRegressed(500) }, PLAIN);
    expect(text).toContain('WHAT GOT WORSE (500)');
    expect(text).toContain('… and 448 more in the JSON or HTML report');
    expect(linesOf(text).length).toBeLessThan(260);
  });

  it('puts changes that cannot be told apart into one answer, with what would tell them apart', () => {
    const alias = {
      ...dten.suspects[0]!,
      verdict: 'cannot-separate' as const,
      separate_by: 'Turn a off on one host.',
      falsified_by: 'Turn a off on two hosts.',
    };
    const suspects = [
      { ...alias, change: 'a', inseparable_from: ['b'] },
      { ...alias, change: 'b', inseparable_from: ['a'] },
    ];
    const text = renderText({ ...dten, suspects }, PLAIN);
    expect(text).toContain('? CANNOT SEPARATE: a (flag), b (flag)\n');
    expect(text.match(/Turn a off on one host\./g)).toHaveLength(1);
  });

  it('says that nobody was named when there is a regression and no candidate', () => {
    expect(renderText({ ...dten, suspects: [] }, PLAIN)).toContain('names no candidate change');
  });

  it('never writes a line wider than the terminal', () => {
    fc.assert(
      fc.property(arbitraryReport, fc.integer({ min: 24, max: 200 }), (report, width) => {
        const widths = linesOf(renderText(report, { width, colour: false })).map((line) => stringWidth(line));
        expect(Math.max(...widths)).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('takes a width that is no width as a usable one', () => {
    for (const width of [0, -5, Number.NaN, Number.POSITIVE_INFINITY, 33.7]) {
      expect(renderText(dten, { width, colour: false })).toContain('REGRESSED');
    }
  });

  it('shows control, format and bidirectional characters as escapes', () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        const lines = linesOf(renderText(report, PLAIN));
        expect(lines.filter((line) => RAW_CONTROL.test(line))).toEqual([]);
        expect(lines.join('')).not.toMatch(/\p{Cs}/u);
      }),
    );
    expect(renderText(readFixtureReport('hostile'), PLAIN)).toContain('\\u001b[31mred');
  });

  it('says the same with colour and without', () => {
    fc.assert(
      fc.property(arbitraryReport, fc.integer({ min: 24, max: 160 }), (report, width) => {
        const coloured = renderText(report, { width, colour: true });
        expect(stripVTControlCharacters(coloured)).toBe(renderText(report, { width, colour: false }));
      }),
    );
  });

  it('closes every colour on the line where it opened', () => {
    const coloured = linesOf(renderText(dten, { width: 60, colour: true }));
    expect(coloured.some((line) => line.includes('\u001b[31m'))).toBe(true);
    for (const line of coloured) {
      const codes = line.split('\u001b[').slice(1);
      expect(codes.length % 2, line).toBe(0);
    }
  });

  it('is the same twice', () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        expect(renderText(structuredClone(report), PLAIN)).toBe(renderText(report, PLAIN));
      }),
    );
  });

  it('cuts a name that would fill lines in the middle of sentences too, wherever they hold it', () => {
    const name = `GET /first/${'x'.repeat(3000)}/last`;
    const comparisons = dten.comparisons.map((one) => ({ ...one, endpoint: name }));
    const evidence = [`It lies on no path of calls from: gateway ${name} and gateway ${name}/more.`];
    const suspects = dten.suspects.map((one) => ({ ...one, evidence }));
    const quality = [{ ...dten.quality[0]!, message: `about ${name}`, where: name }];
    const text = renderText({ ...dten, reason: `p99 of ${name} got worse.`, comparisons, suspects, quality }, PLAIN);
    expect(text).not.toContain('x'.repeat(60));
    expect(text).toMatch(/p99 of GET \/first\/x+…x+\/last got worse\./);
    expect(text).toMatch(/x\/last\/more\./);
  });

  it('keeps a name whole in sentences that fills no more than two lines', () => {
    const name = `GET /${'x'.repeat(90)}`;
    const comparisons = dten.comparisons.map((one) => ({ ...one, endpoint: name }));
    expect(renderText({ ...dten, reason: `p99 of ${name} got worse.`, comparisons }, PLAIN)).toContain('x'.repeat(90));
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/rendering/html.ts';
import { arbitraryReport } from './arbitrary-report.ts';
import { FIXTURE_NAMES, readFixtureReport } from './fixture-reports.ts';
import { readElements } from './html-reader.ts';

const ALLOWED_ELEMENTS = new Set(
  (
    'html head meta title body header main footer nav section article div p span strong bdi br code a h1 h2 h3 ul li dl dt dd ' +
    'figure figcaption details summary table caption thead tbody tr th td svg desc rect line path circle text'
  ).split(' '),
);

describe('a report as one HTML page', () => {
  it('is well-formed and made of known elements, whatever the report holds', () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        for (const { name, attributes } of readElements(renderHtml(report))) {
          expect(ALLOWED_ELEMENTS).toContain(name);
          expect([...attributes.keys()].filter((attribute) => /^on|^src|^xlink/i.test(attribute))).toEqual([]);
          expect(attributes.get('href') ?? '#').toMatch(/^#[a-z]*$/);
        }
      }),
    );
  });

  it('carries no script and no working script address', () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        const page = renderHtml(report);
        expect(page).not.toMatch(/<script/i);
        expect(page).not.toMatch(/javascript\s*:/i);
        expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it('asks the browser to load nothing at all', () => {
    const page = renderHtml(readFixtureReport('dten'));
    expect(page).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    );
    expect(page).not.toMatch(/url\(|@import|<link|<img|<iframe/i);
  });

  it('gives every id once and points every reference at one', () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        const elements = readElements(renderHtml(report));
        const ids = elements.flatMap(({ attributes }) => attributes.get('id') ?? []);
        expect(new Set(ids).size).toBe(ids.length);
        const references = elements.flatMap(({ attributes }) => [
          ...(attributes.get('aria-labelledby')?.split(' ') ?? []),
          ...(attributes.get('href')?.slice(1) ?? '').split(' ').filter((id) => id !== ''),
        ]);
        expect(references.filter((id) => !ids.includes(id))).toEqual([]);
      }),
    );
  });

  it.each(FIXTURE_NAMES)('gives every table header of %s a scope and every picture a name', (name) => {
    const elements = readElements(renderHtml(readFixtureReport(name)));
    for (const { name: element, attributes } of elements) {
      if (element === 'th') expect(attributes.get('scope')).toMatch(/^(col|row)$/);
      if (element === 'svg' && !attributes.has('preserveAspectRatio')) {
        expect(attributes.get('role')).toBe('img');
        expect(attributes.has('aria-label') || attributes.has('aria-labelledby')).toBe(true);
      }
    }
  });

  it('has the landmarks of a page: header, navigation, main, footer and one first heading', () => {
    const names = readElements(renderHtml(readFixtureReport('dten'))).map(({ name }) => name);
    for (const landmark of ['header', 'nav', 'main', 'footer', 'h1']) {
      expect(names.filter((name) => name === landmark)).toHaveLength(1);
    }
  });

  it('draws the course of what moved, with its onset, its baseline and the window', () => {
    const page = renderHtml(readFixtureReport('dten'));
    for (const part of ['class="curve"', 'class="onset"', 'class="onset-band"', 'class="baseline"', 'class="window"']) {
      expect(page).toContain(part);
    }
    expect(page).toContain('baseline 212 ms. The change began 2026-11-20 02:41 UTC.');
  });

  it('holds every comparison in its table', () => {
    const report = readFixtureReport('dten');
    const rows = readElements(renderHtml(report)).filter(
      ({ name, attributes }) =>
        name === 'th' && attributes.get('scope') === 'row' && attributes.get('class') === 'name',
    );
    expect(rows).toHaveLength(report.comparisons.length + report.budgets.length);
  });
});

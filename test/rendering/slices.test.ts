import { describe, expect, it } from 'vitest';
import type { Comparison, Report, Slice, SliceSearch } from '../../src/domain/report.ts';
import { RENDERERS } from '../../src/rendering/index.ts';
import { readFixtureReport } from './fixture-reports.ts';

const dten = readFixtureReport('dten');
const regressed = dten.comparisons.find(({ verdict }) => verdict === 'regressed')!;
const LEVELS = { traffic: 0.08, baseline: 0.1, post: 0.2, effect: null, q: 0.001 };
const SEARCH: SliceSearch = { values_tested: 12, pairs_tested: 0, pairs: [], alike: null };

function reportWith(search: SliceSearch, slices: readonly Slice[] = []): Report {
  const comparison: Comparison = { ...regressed, slices, slice_search: search };
  return { ...dten, comparisons: [comparison] };
}

describe.each(['text', 'markdown', 'html'] as const)('slices as %s', (format) => {
  const render = (report: Report): string =>
    RENDERERS[format](report, { width: 1000, colour: false }).replaceAll('\u00a0', ' ').replaceAll('\\', '');

  it('name both values of a pair', () => {
    const values = [
      { attribute: 'cloud.region', value: 'eu' },
      { attribute: 'client.type', value: 'batch' },
    ] as const;
    const text = render(reportWith({ ...SEARCH, pairs_tested: 9, pairs: [{ ...LEVELS, values, explains: 0.9 }] }));
    expect(text).toMatch(
      /cloud\.region`? = `?eu`? and `?client\.type`? = `?batch`?, worse together than either alone, explains 90%/,
    );
  });

  it('say of a regression without any that it is everywhere alike, and what would have shown', () => {
    const alike = {
      values: 11,
      attributes: ['service.instance.id', 'cloud.region'],
      untold: 1,
      smallest_visible: 0.42,
    };
    const text = render(reportWith({ ...SEARCH, alike }));
    expect(text).toMatch(
      /everywhere alike: none of 11 values of `?service\.instance\.id`?, `?cloud\.region`? moved otherwise than the rest; a difference of 42% of the move would have shown at any of them; 1 more value had too little traffic to tell/,
    );
  });

  it('explain how one can be more than the whole', () => {
    const slice = { ...LEVELS, attribute: 'cloud.region', value: 'eu', explains: 1.08 };
    expect(render(reportWith(SEARCH, [slice]))).toContain('explains all of it (108%, since the rest got better)');
    expect(render(reportWith(SEARCH, [{ ...slice, explains: 0.97 }]))).toContain('explains 97% with');
  });
});

describe('a page', () => {
  it('shows hostile names of a pair as text', () => {
    const evil = { attribute: '<img src=x>', value: '<script>alert(1)</script>' };
    const pairs = [{ ...LEVELS, values: [evil, evil] as const, explains: 1 }];
    const alike = { values: 3, attributes: ['<script>'], untold: 0, smallest_visible: 0.5 };
    const page = RENDERERS.html(reportWith({ ...SEARCH, pairs, alike }));
    expect(page).not.toContain('<script>alert');
    expect(page).not.toContain('<img src=x>');
    expect(page).toContain('&lt;script&gt;');
  });
});

import { describe, expect, it } from 'vitest';
import type { Comparison, Mix, Report } from '../../src/domain/report.ts';
import { renderExplanation } from '../../src/rendering/explanation.ts';
import { RENDERERS } from '../../src/rendering/index.ts';
import { readFixtureReport } from './fixture-reports.ts';

const dten = readFixtureReport('dten');
const WIDE = { width: 1000, colour: false };
const MIX: Mix = {
  by: ['client.type', '<b>cloud.region</b>'],
  strata: 4,
  total: 0.477,
  within: 0.012,
  mix: 0.465,
  new_or_vanished: 0,
  vanished_share: 0,
  new_share: 0,
};
const EFFECT = { kind: 'relative', estimate: 0.012, low: -0.01, high: 0.034, margin: 0.05 } as const;
const quiet = dten.comparisons.find(({ verdict }) => verdict === 'no-regression')!;
const mixed = (mix: Mix | null): Comparison => ({ ...quiet, unit: 's', effect: EFFECT, mix });
const reportWith = (...comparisons: Comparison[]): Report => ({ ...dten, comparisons });

describe.each(['text', 'markdown', 'html'] as const)('a report as %s', (format) => {
  const render = (report: Report): string => RENDERERS[format](report, WIDE);
  const title = format === 'text' ? 'WHAT THE MIX OF TRAFFIC MOVED' : 'What the mix of traffic moved';

  it('lists what the mix moved beyond the margin, as it came and at the same mix', () => {
    const text = render(reportWith(mixed(MIX)));
    expect(text).toContain(title);
    expect(text).toMatch(/47\\?\.7% as it came, \\?\+1\\?\.2% at the same mix/);
  });

  it('lists what traffic of new kinds moved', () => {
    const renewed = { ...MIX, mix: 0, total: 0.1, new_or_vanished: 0.088, new_share: 0.05 };
    expect(render(reportWith(mixed(renewed)))).toContain(title);
  });

  it('says nothing of a mix that moved less than the margin, or of none', () => {
    const text = render(reportWith(mixed({ ...MIX, mix: 0.049, total: 0.061 }), mixed(null)));
    expect(text).not.toContain(title);
    expect(text).not.toContain('as it came');
  });

  it('lists only so many, those the mix moved furthest first, and counts the rest', () => {
    const many = Array.from({ length: 60 }, (_, i) => ({
      ...mixed({ ...MIX, mix: 1 + i }),
      endpoint: `GET /of-${i}-`,
    }));
    const text = render(reportWith(...many))
      .split(title)
      .at(-1)!;
    const listed = text.slice(0, format === 'html' ? text.indexOf('</section>') : undefined);
    expect(listed).toContain('/of-59-');
    expect(listed.slice(0, listed.indexOf('more'))).not.toContain('/of-10-');
    expect(listed).toMatch(/and 52 more|and 40 more/i);
  });
});

it('a page shows names of attributes as text, not as markup', () => {
  expect(RENDERERS.html(reportWith(mixed(MIX)))).not.toContain('<b>cloud.region</b>');
});

describe('the working of a comparison whose mix shifted', () => {
  const step = (comparison: Comparison): string | undefined =>
    renderExplanation(comparison, dten, WIDE)
      .split('\n')
      .find((line) => line.startsWith('    mix '));

  it('has the parts as a sum, and says what the verdict is about', () => {
    expect(step(mixed(MIX))).toContain('+47.7% as it came = +1.2% within 4 kinds of traffic (by client.type, ');
    expect(step(mixed(MIX))).toContain('+46.5% by their mix. The values and the effect above are those within.');
  });

  it('has what kinds that one side lacks did, where there are any', () => {
    const renewed = { ...MIX, new_or_vanished: 0.03, new_share: 0.05, vanished_share: 0.01 };
    expect(step(mixed(renewed))).toContain(', +3% by kinds that one side lacks (1% of the baseline, 5% of post)');
  });

  it('has no such step where no kinds are told apart', () => {
    expect(step(mixed(null))).toBeUndefined();
  });
});

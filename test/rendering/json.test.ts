import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderJson } from '../../src/rendering/json.ts';
import { arbitraryReport } from './arbitrary-report.ts';
import { readFixtureReport } from './fixture-reports.ts';

describe('a report as JSON', () => {
  it('reads back as the report, down to hostile text', () => {
    const report = readFixtureReport('hostile');
    expect(JSON.parse(renderJson(report))).toEqual(report);
  });

  it('is indented by two spaces and ends in one newline', () => {
    const json = renderJson(readFixtureReport('cannot-tell'));
    expect(json.startsWith('{\n  "schema": "postflight/report/v1",\n')).toBe(true);
    expect(json.endsWith('}\n')).toBe(true);
  });

  it('writes null for NaN and infinities', () => {
    const report = readFixtureReport('dten');
    const [first, ...rest] = report.comparisons;
    const broken = { ...first!, baseline: Number.NaN, post: Number.POSITIVE_INFINITY };
    const read = JSON.parse(renderJson({ ...report, comparisons: [broken, ...rest] })) as typeof report;
    expect(read.comparisons[0]).toMatchObject({ baseline: null, post: null });
  });

  it('keeps ten digits: what lies beyond differs between runtimes, and would change the bytes of the same report', () => {
    const report = readFixtureReport('dten');
    const [first, ...rest] = report.comparisons;
    const noisy = [0.1 + 0.2, 0.3].map((p) => renderJson({ ...report, comparisons: [{ ...first!, p }, ...rest] }));
    expect(noisy[0]).toBe(noisy[1]);
  });

  it('holds no raw control or bidirectional character besides its line ends', () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        const json = renderJson(report);
        expect(json.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(report, toTenDigits)));
      }),
    );
  });
});

function toTenDigits(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(10)) : value;
}

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/domain/error.ts';
import type { Report } from '../../src/domain/report.ts';
import { decodeReport } from '../../src/domain/report-document.ts';
import { renderJson } from '../../src/rendering/json.ts';
import { arbitraryReport } from '../rendering/arbitrary-report.ts';

const DTEN = readFileSync(new URL('../fixtures/reports/dten.json', import.meta.url), 'utf8');

function changed(
  change: (report: Record<string, unknown> & { comparisons: Record<string, unknown>[] }) => void,
): string {
  const report = JSON.parse(DTEN);
  change(report);
  return JSON.stringify(report);
}

function faultOf(json: string): AppError {
  try {
    decodeReport(json, 'report.json');
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('was taken');
}

describe('a report read back', () => {
  it('is the report that was written', () => {
    expect(decodeReport(DTEN, 'report.json')).toEqual(JSON.parse(DTEN));
  });

  it('writes the same JSON again, whatever it holds', () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        const json = renderJson(report);
        expect(renderJson(decodeReport(json, 'report.json'))).toBe(json);
      }),
    );
  });

  it('has open ends of intervals where JSON could only say null', () => {
    const json = changed(({ comparisons: [first] }) => {
      first!.effect = { kind: 'relative', estimate: 0.5, low: null, high: null, margin: 0.05 };
    });
    expect(decodeReport(json, 'report.json').comparisons[0]!.effect).toMatchObject({
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
    });
  });

  it('takes keys that were added since, and the lack of those an older report does not have', () => {
    const json = changed((report) => {
      report.novelty = 1;
      for (const comparison of report.comparisons) {
        comparison.novelty = {};
        delete comparison.working;
        delete comparison.series;
      }
    });
    const { comparisons }: Report = decodeReport(json, 'report.json');
    expect(comparisons[0]).toMatchObject({ working: null, series: null });
    expect(comparisons[0]).not.toHaveProperty('novelty');
  });

  it('keeps a name such as __proto__ a name', () => {
    const json = changed(({ comparisons: [first] }) => {
      first!.endpoint = '__proto__';
    });
    expect(decodeReport(json, 'report.json').comparisons[0]!.endpoint).toBe('__proto__');
  });

  it('names the field that is not what a report holds', () => {
    const json = changed(({ comparisons }) => {
      comparisons[3]!.verdict = 'fine';
    });
    const fault = faultOf(json);
    expect(fault).toMatchObject({ code: 'document', place: 'report.json: comparisons[3].verdict' });
    expect(fault.remedy).toContain('postflight analyze');
  });

  it('takes nothing but a report', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect(faultOf(text)).toMatchObject({ code: 'document', place: 'report.json' });
      }),
    );
  });
});

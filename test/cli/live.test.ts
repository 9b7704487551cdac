import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run, runJson } from '../support/command-line.ts';

const EXAMPLE = join(resolve(import.meta.dirname, '../..'), 'examples/dten/upgrade.yaml');

describe('analyze --live', () => {
  it('says in every report that it is one, and that its intervals hold at all looks', async () => {
    const { report } = await runJson(['analyze', EXAMPLE, '--live']);
    expect(report.inputs.reading).toBe('live');
    for (const format of ['text', 'markdown', 'html']) {
      const { stdout } = await run(['analyze', EXAMPLE, '--live', '-o', format]);
      expect(stdout.replace(/\s+/g, ' ')).toContain('hold at all looks together');
    }
  });

  it('still finds a large regression, in intervals as wide as peeking costs', async () => {
    const [once, live] = [await runJson(['analyze', EXAMPLE]), await runJson(['analyze', EXAMPLE, '--live'])];
    expect([once.report.inputs.reading, live.report.verdict, live.status]).toEqual(['final', 'regressed', 1]);
    const widths = [once, live].map(({ report }) => {
      const { low, high } = report.comparisons.find(
        ({ indicator, verdict }) => indicator === 'retry_ratio' && verdict === 'regressed',
      )!.effect!;
      return high - low;
    });
    expect(widths[1]! / widths[0]!).toBeGreaterThan(1.3);
  });
});

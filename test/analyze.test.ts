import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { analyzeUpgrade } from '../src/analyze.ts';
import type { Report } from '../src/domain/report.ts';
import { folderOf } from './support/command-line.ts';
import { minuteLine } from './support/otlp-lines.ts';

const START_MS = Date.UTC(2026, 10, 20, 1);
const MINUTES = 40;
const iso = (minute: number): string => new Date(START_MS + minute * 60_000).toISOString();

const DOCUMENT = `apiVersion: postflight/v1
kind: Upgrade
metadata: { name: shuffled }
spec:
  baseline: { start: "${iso(0)}", end: "${iso(MINUTES / 2)}" }
  post: { start: "${iso(MINUTES / 2)}", end: "${iso(MINUTES)}" }
  changes: [{ id: shop-1.1, kind: binary, service: shop, to: "1.1.0", at: "${iso(MINUTES / 2)}" }]
  telemetry: [{ otlp: "*.jsonl" }]
`;

const LINES = Array.from({ length: MINUTES }, (_, minute) =>
  ['shop-1', 'shop-2'].map((instance) =>
    minuteLine(START_MS + minute * 60_000, {
      instance,
      version: minute < MINUTES / 2 ? '1.0.0' : '1.1.0',
      latencySeconds: minute < MINUTES / 2 ? 0.08 : 0.3,
    }),
  ),
).flat();

const folder = folderOf({ 'upgrade.yaml': DOCUMENT });
afterAll(() => folder.dispose());

/** Everything but the digest, which is of the bytes as they came. */
async function reportOf(lines: readonly string[]): Promise<Omit<Report, 'inputs'>> {
  writeFileSync(join(folder.path, 'metrics.jsonl'), lines.join('\n'));
  const { inputs: _, ...report } = await analyzeUpgrade(join(folder.path, 'upgrade.yaml'));
  return report;
}

describe('a report', () => {
  it('does not depend on the order of the lines it was read from', async () => {
    const expected = await reportOf(LINES);
    expect(expected.verdict).toBe('regressed');
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(LINES, { minLength: LINES.length }), async (shuffled) => {
        expect(await reportOf(shuffled)).toEqual(expected);
      }),
      { numRuns: 25, seed: 20261120 },
    );
  });

  it('is the same when every line came twice, as a client that lost the answer sends it', async () => {
    const once = await reportOf(LINES);
    const twice = await reportOf([...LINES, ...LINES]);
    expect(twice.comparisons).toEqual(once.comparisons);
    expect(twice.quality.map(({ code }) => code)).toContain('duplicate-point');
  });

  it('says which bytes it was made from', async () => {
    await reportOf(LINES);
    const first = (await analyzeUpgrade(join(folder.path, 'upgrade.yaml'))).inputs.digest;
    await reportOf(LINES.slice(1));
    const second = (await analyzeUpgrade(join(folder.path, 'upgrade.yaml'))).inputs.digest;
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(second).not.toBe(first);
  });

  it('compares each kind of traffic that the document declares with itself', async () => {
    // Mobile requests take six times as long all along, and become half of the traffic instead of a fifth.
    const lines = Array.from({ length: MINUTES }, (_, minute) =>
      [
        { 'client.type': 'web', share: minute < MINUTES / 2 ? 0.8 : 0.5, latencySeconds: 0.04 },
        { 'client.type': 'mobile', share: minute < MINUTES / 2 ? 0.2 : 0.5, latencySeconds: 0.24 },
      ].map(({ share, latencySeconds, ...attributes }) =>
        minuteLine(START_MS + minute * 60_000, {
          attributes,
          latencySeconds,
          requests: 2000 * share,
          errors: 10 * share,
        }),
      ),
    ).flat();
    const asItCame = await reportOf(lines);
    expect(asItCame.verdict).toBe('regressed');
    writeFileSync(join(folder.path, 'upgrade.yaml'), `${DOCUMENT}  strata: [client.type]\n`);
    const report = await reportOf(lines);
    expect(report.comparisons.map(({ verdict }) => verdict)).not.toContain('regressed');
    for (const { mix } of report.comparisons) expect(mix?.by).toEqual(['client.type']);
  });
});

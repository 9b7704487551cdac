import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { analyzeUpgrade } from '../../src/analyze.ts';
import type { Comparison, Report } from '../../src/domain/report.ts';
import { decodeUpgrade } from '../../src/domain/upgrade-document.ts';
import { RENDERERS } from '../../src/rendering/index.ts';
import { renderJson } from '../../src/rendering/json.ts';
import { folderOf } from '../support/command-line.ts';

const EXAMPLE = resolve(import.meta.dirname, '../../examples/dten');
const report = await analyzeUpgrade(join(EXAMPLE, 'upgrade.yaml'));
const PEER = 'payments.example.com';

function comparisonOf(one: Report, endpoint: string, peer: string | null, indicator: string): Comparison {
  const found = one.comparisons.find(
    (comparison) =>
      comparison.service === 'gateway' &&
      comparison.endpoint === endpoint &&
      comparison.peer === peer &&
      comparison.indicator === indicator,
  );
  if (found === undefined) throw new Error(`no comparison of ${indicator} of ${endpoint}`);
  return found;
}

/** The time the document gives for a change. */
function timeOf(id: string): number {
  const { changes } = decodeUpgrade(readFileSync(join(EXAMPLE, 'upgrade.yaml'), 'utf8'), 'upgrade.yaml');
  return changes.find((change) => change.id === id)?.atMs ?? Number.NaN;
}

describe('the founding story', () => {
  it('is regressed', () => {
    expect(report.verdict).toBe('regressed');
  });

  it.each([
    ['POST /orders', null, 'latency.p99'],
    ['POST /orders', PEER, 'retry_ratio'],
  ])('%s to %s: %s regressed, within one block of the flag', (endpoint, peer, indicator) => {
    const comparison = comparisonOf(report, endpoint, peer, indicator);
    expect(comparison.verdict).toBe('regressed');
    const blockMs = 5000;
    expect(Math.abs(Date.parse(comparison.onset?.at ?? '') - timeOf('backoff.v2'))).toBeLessThanOrEqual(blockMs);
  });

  it('blames the flag first and clears the innocent binary and config key', () => {
    expect(report.suspects[0]).toMatchObject({ rank: 1, change: 'backoff.v2', verdict: 'blamed' });
    const verdicts = new Map(report.suspects.map(({ change, verdict }) => [change, verdict]));
    expect(verdicts.get('catalog-1.9.0')).toBe('cleared');
    expect(verdicts.get('dten.hybrid.enable')).toBe('cleared');
    expect([...verdicts.values()].filter((verdict) => verdict === 'blamed')).toHaveLength(1);
  });

  it('shows how: with the flag, calls are repeated after some 15 ms (20 ms jittered) instead of 370 ms', () => {
    const [mechanism, ...others] = report.mechanisms;
    expect(others).toEqual([]);
    expect(mechanism).toMatchObject({
      mechanism: 'backoff changed',
      service: 'gateway',
      endpoint: 'POST /orders',
      peer: PEER,
      suspects: ['backoff.v2'],
    });
    const delay = mechanism?.figures.find(({ name }) => name === 'median delay before the first retry');
    expect(delay?.baseline).toBeGreaterThan(0.365);
    expect(delay?.baseline).toBeLessThan(0.375);
    expect(delay?.post).toBeLessThan(0.03);
    const sentence = mechanism?.evidence.find((one) => one.startsWith('backoff.v2')) ?? '';
    expect(sentence).toMatch(/by waiting shorter.* 1[4-6](\.\d)? ms with it against 37[01] ms without it/);
    expect(report.suspects[0]?.evidence).toContain(sentence);
  });

  it('sees that refunds got better, and says that turning the flag off would undo it', () => {
    const refunds = report.comparisons.filter(({ endpoint, peer }) => endpoint === 'POST /refunds' && peer === null);
    expect(refunds.map(({ verdict }) => verdict)).toContain('improved');
    expect(refunds.map(({ verdict }) => verdict)).not.toContain('regressed');
    expect(report.suspects[0]?.evidence.join(' ')).toMatch(/taking it back would undo what it made better: .*refunds/i);
  });

  it('does not compare the blip: errors of the maintenance window are in no comparison', () => {
    const errors = comparisonOf(report, 'POST /orders', null, 'error_ratio');
    expect(errors.baseline).toBe(0);
    expect(errors.post).toBe(0);
  });

  it('says how fast the budget burns now', () => {
    const latency = report.budgets.find(({ slo }) => slo === 'orders-latency');
    expect(latency?.burn.low).toBeGreaterThan(latency?.burn.before ?? Number.NaN);
  });

  it.each(Object.keys(RENDERERS) as (keyof typeof RENDERERS)[])('reads the same as before in %s', async (format) => {
    const extension = { text: 'txt', json: 'json', markdown: 'md', html: 'html' }[format];
    const text = RENDERERS[format](report, { width: 100, colour: false });
    await expect(text).toMatchFileSnapshot(`../fixtures/dten/report.${extension}`);
  });

  it('is the same report, byte for byte, when it is made again', async () => {
    const again = await analyzeUpgrade(join(EXAMPLE, 'upgrade.yaml'));
    expect(renderJson(again)).toBe(renderJson(report));
  });
});

describe('the same upgrade without the flag', () => {
  it('is not called a regression', async () => {
    const control = await analyzeUpgrade(join(EXAMPLE, 'control/upgrade.yaml'));
    expect(['no-regression', 'cannot-tell']).toContain(control.verdict);
    expect(control.suspects.map(({ verdict }) => verdict)).not.toContain('blamed');
  });
});

describe('the story without a list of changes', () => {
  const folder = folderOf({ 'slo.yaml': readFileSync(join(EXAMPLE, 'slo.yaml')) });
  afterAll(() => folder.dispose());

  it('finds the changes in the telemetry, blames the same flag, and clears the rest', async () => {
    const document = readFileSync(join(EXAMPLE, 'upgrade.yaml'), 'utf8')
      .replace(/^ *changes:\n(?: +- id:.*\n(?: {6}.*\n)+)+/m, '')
      .replace(/otlp: "?([^" }]+)"?/, `otlp: "${EXAMPLE}/$1"`);
    expect(document).not.toContain('changes');
    writeFileSync(join(folder.path, 'upgrade.yaml'), document);
    const unlisted = await analyzeUpgrade(join(folder.path, 'upgrade.yaml'));
    expect(unlisted.verdict).toBe('regressed');
    expect(unlisted.inputs.changes).toBe('inferred');
    expect(unlisted.inputs.inferred.map(({ change }) => change)).toEqual([
      'gateway 4.1.9 -> 4.2.0',
      'catalog 1.8.2 -> 1.9.0',
      'orders config dten.hybrid.enable false -> true',
      'gateway flag backoff.v2 off -> on',
    ]);
    const stated = ['gateway-4.2.0', 'catalog-1.9.0', 'dten.hybrid.enable', 'backoff.v2'].map(timeOf);
    const blockMs = 5000;
    unlisted.inputs.inferred.forEach(({ first }, i) => {
      expect(Math.abs(Date.parse(first) - stated[i]!)).toBeLessThanOrEqual(blockMs);
    });
    expect(unlisted.suspects[0]).toMatchObject({ change: 'gateway flag backoff.v2 off -> on', verdict: 'blamed' });
    expect(unlisted.suspects.slice(1).map(({ verdict }) => verdict)).toEqual(['cleared', 'cleared', 'cleared']);
    expect(RENDERERS.text(unlisted, { width: 100, colour: false })).toContain('inferred from the telemetry');
  });

  it('is told everything it needs to know by the document that lists them', () => {
    expect(report.inputs.changes).toBe('stated');
    expect(report.quality.filter(({ code }) => code === 'unlisted-change')).toEqual([]);
  });
});

describe('the story told backwards', () => {
  const folder = folderOf({ 'slo.yaml': readFileSync(join(EXAMPLE, 'slo.yaml')) });
  afterAll(() => folder.dispose());

  it('turns every regressed comparison into an improved one, and the improved ones into regressed', async () => {
    const document = readFileSync(join(EXAMPLE, 'upgrade.yaml'), 'utf8')
      .replace(/^( *)baseline:/m, '$1swap:')
      .replace(/^( *)post:/m, '$1baseline:')
      .replace(/^( *)swap:/m, '$1post:')
      .replace(/otlp: "?([^" }]+)"?/, `otlp: "${EXAMPLE}/$1"`);
    writeFileSync(join(folder.path, 'upgrade.yaml'), document);
    const backwards = await analyzeUpgrade(join(folder.path, 'upgrade.yaml'));
    // The tail's threshold is set from the baseline: from the slow side's, nothing is left to fall.
    const symmetric = report.comparisons.flatMap((one, i) => (one.indicator === 'latency.tail_share' ? [] : [i]));
    const pairs = symmetric.map((i) => [report.comparisons[i]?.verdict, backwards.comparisons[i]?.verdict]);
    const moved = pairs.filter(([forward]) => forward === 'regressed' || forward === 'improved');
    expect(moved.length).toBeGreaterThan(0);
    for (const [forward, backward] of moved) expect(backward).toBe(forward === 'regressed' ? 'improved' : 'regressed');
  });
});

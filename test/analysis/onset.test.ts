import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/domain/report.ts';
import { formatInstant } from '../../src/domain/window.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { BLOCK_MS, cellKey, cellsOf, namedSeries, ORDINARY, simulateRequests } from '../support/simulated-cells.ts';
import { ALL_BLOCKS, at, FIRST_POST_BLOCK, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

const TEMPERATURE = {
  name: 'temperature',
  metric: 'temperature',
  kind: 'gauge',
  better: 'lower',
  unit: 'Cel',
  denominator: null,
  quantiles: [],
} as const;
const CHANGED = FIRST_POST_BLOCK + 12;

/** A gauge sampled once a block, always at the same place in it; it is 20 until a block and higher from then on. */
function reportOfGauge(sampledAt: number | undefined, levelAt: (block: number) => number): Report {
  const random = seededRandom(3);
  const series = namedSeries(cellKey({ endpoint: null }), 'temperature', ALL_BLOCKS, (block) => ({
    sum: levelAt(block) + 0.1 * random.normal(),
    count: 1,
  }));
  const sampled = sampledAt === undefined ? series : { ...series, sampledAt };
  return reportOf(cellsOf([sampled]), upgradeOf({ indicators: [TEMPERATURE] }));
}

const step = (block: number): number => (block < CHANGED ? 20 : 23);

describe('the onset of a gauge', () => {
  it.each([
    ['at the start of a block', 0, -0.5],
    ['in the middle of a block', 0.5, 0],
    ['at the end of a block', 1, 0.5],
    ['somewhere', undefined, 0],
  ])('sampled %s lies between the last old sample and the first new one', (_, sampledAt, blocks) => {
    const [comparison] = reportOfGauge(sampledAt, step).comparisons;
    expect(comparison!.verdict).toBe('regressed');
    expect(comparison!.onset!.at).toBe(formatInstant(at(CHANGED) + blocks * BLOCK_MS));
  });

  it('that came in two steps is the first, and the second is said', () => {
    const twice = (block: number): number => (block < CHANGED ? 20 : block < CHANGED + 20 ? 21 : 25);
    const [comparison] = reportOfGauge(undefined, twice).comparisons;
    expect(comparison!.onset!.at).toBe(formatInstant(at(CHANGED)));
    expect(comparison!.notes).toContain(`it came in two steps, the second at ${formatInstant(at(CHANGED + 20))}`);
  });
});

describe('the onset of the trouble', () => {
  it('is that of the regressed comparison with the strongest evidence', () => {
    const random = seededRandom(1);
    const slow = { ...ORDINARY, medianSeconds: ORDINARY.medianSeconds * 3 };
    const slower = (endpoint: string, from: number, then: typeof ORDINARY) =>
      simulateRequests(cellKey({ endpoint }), ALL_BLOCKS, (block) => (block < from ? ORDINARY : then), random);
    const report = reportOf(
      cellsOf([
        slower('GET /early', FIRST_POST_BLOCK, ORDINARY),
        slower('GET /slow', CHANGED, slow),
        slower('GET /slower', CHANGED, slow),
      ]),
    );
    expect(report.onset).not.toBeNull();
    const { of, at: instant, low, high } = report.onset!;
    expect(report.reason).toContain(`${of.indicator} of ${of.service} ${of.endpoint}`);
    expect(report.reason).toContain(`since ${instant}`);
    expect(Math.abs(Date.parse(instant) - at(CHANGED))).toBeLessThanOrEqual(BLOCK_MS);
    expect(Date.parse(low)).toBeLessThanOrEqual(at(CHANGED));
    expect(Date.parse(high)).toBeGreaterThanOrEqual(at(CHANGED));
  });

  it('is none where nothing regressed', () => {
    const series = simulateRequests(cellKey(), ALL_BLOCKS, () => ORDINARY, seededRandom(2));
    expect(reportOf(cellsOf([series])).onset).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { columnRatio } from '../../src/analysis/sampling/column-ratio.ts';
import { placeRows } from '../../src/analysis/sampling/placing.ts';
import { countByCluster } from '../../src/analysis/sampling/sample.ts';
import { type CellSeries, REQUESTS } from '../../src/domain/cells.ts';
import type { Comparison } from '../../src/domain/report.ts';
import { lagOneAutocorrelation } from '../../src/statistics/autocorrelation.ts';
import { clusterResiduals } from '../../src/statistics/cluster-ratio.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, START_BLOCK } from '../support/simulated-cells.ts';
import { at, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

const DAY = 24 * 60;
const BASELINE = 2 * DAY;
const POST = 2 * 60;
const REQUESTS_A_BLOCK = 300;
const STRATUM = 'client.type';

/** Bulk requests fail five times as often all along; their share swings from a tenth to a half within each day. */
function series(kind: 'web' | 'bulk', factor: number, random: SeededRandom): CellSeries {
  const blocks = BASELINE + POST;
  const count = new Float64Array(blocks);
  const errors = new Float64Array(blocks);
  for (let block = 0; block < blocks; block++) {
    const bulk = 0.3 - 0.2 * Math.cos((2 * Math.PI * block) / DAY);
    count[block] = Math.round(REQUESTS_A_BLOCK * (kind === 'bulk' ? bulk : 1 - bulk));
    const share = (kind === 'bulk' ? 0.1 : 0.02) * (block >= BASELINE ? factor : 1);
    for (let i = 0; i < count[block]!; i++) if (random.uniform() < share) errors[block]!++;
  }
  return {
    key: cellKey({ attributes: new Map([[STRATUM, kind]]) }),
    measure: REQUESTS,
    block: Int32Array.from({ length: blocks }, (_, block) => START_BLOCK + block),
    count,
    sum: null,
    errors,
    attempts: null,
    retries: null,
    histogram: null,
  };
}

function compare(factor: number, seed: number, strata: readonly string[]): Comparison {
  const random = seededRandom(seed);
  const cells = cellsOf([series('bulk', factor, random), series('web', factor, random)]);
  const upgrade = upgradeOf({
    window: null,
    baseline: [{ startMs: at(0), endMs: at(BASELINE) }],
    post: { startMs: at(BASELINE), endMs: at(BASELINE + POST) },
    strata,
  });
  return reportOf(cells, upgrade).comparisons.find(({ indicator }) => indicator === 'error_ratio')!;
}

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);

describe('a mix that follows the hours of the day', () => {
  it('makes blocks depend on each other where nobody tells its kinds apart, and not within the kinds', () => {
    const random = seededRandom(1);
    const placed = placeRows(
      [series('bulk', 1, random), series('web', 1, random)],
      (_, block) => (block < START_BLOCK + BASELINE ? 0 : 1),
      (_, block) => block,
      true,
    );
    const strata = { attributes: [STRATUM], ofSeries: Int32Array.of(0, 1), count: 2 };
    const [apart, together] = [{ ...placed, strata }, placed].map((sample) => {
      const [{ numerators, denominators }] = countByCluster(sample, columnRatio('errors', 'count'));
      return lagOneAutocorrelation(clusterResiduals(numerators, denominators));
    });
    expect(together).toBeGreaterThan(0.3);
    expect(Math.abs(apart!)).toBeLessThan(0.05);
  });

  it('is no season of what happens within the kinds: all of the past predicts it, as independent blocks would', () => {
    const all = SEEDS.map((seed) => compare(1, seed, [STRATUM]));
    const inflations = all.map(({ working }) => working?.calibration?.inflation ?? Number.NaN);
    expect(inflations.reduce((sum, one) => sum + one, 0) / inflations.length).toBeLessThan(1.3);
    expect(all.filter(({ method }) => method === 'before-after').length).toBeGreaterThan(SEEDS.length / 2);
    expect(all.map(({ verdict }) => verdict)).not.toContain('regressed');
    expect(all.map(({ verdict }) => verdict)).not.toContain('improved');
  });

  it('hides no regression of a quarter within the kinds, though post is when the harmless kind prevails', () => {
    for (const seed of SEEDS) {
      const { verdict, effect, baseline } = compare(1.25, seed, [STRATUM]);
      expect(verdict).toBe('regressed');
      const relative = (effect?.estimate ?? Number.NaN) / (baseline ?? Number.NaN);
      expect(relative).toBeGreaterThan(0.1);
      expect(relative).toBeLessThan(0.4);
    }
  });
});

import { describe, expect, it } from 'vitest';
import type { CellSeries } from '../../src/domain/cells.ts';
import type { Slice } from '../../src/domain/report.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, ORDINARY, simulateRequests } from '../support/simulated-cells.ts';
import { ALL_BLOCKS, change, FIRST_POST_BLOCK, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

const HOSTS = 8;
const regionOf = (host: number) => (host % 4 === 0 ? 'eu' : 'us');
const regionAlone = (host: number): [string, string][] => [['cloud.region', regionOf(host)]];

/** Eight hosts in two regions with errors of 2 % before, and whatever is added after. */
function slices(added: (host: number) => number, seed: number, placeOf = regionAlone): readonly Slice[] {
  const random = seededRandom(seed);
  const series = Array.from({ length: HOSTS }, (_, host): CellSeries => {
    const attributes = new Map(placeOf(host));
    const errorShareAt = (block: number) => 0.02 + (block >= FIRST_POST_BLOCK ? added(host) : 0);
    return simulateRequests(
      cellKey({ instance: `gateway-${host}`, attributes }),
      ALL_BLOCKS,
      (block) => ({ ...ORDINARY, requests: 40, errorShare: errorShareAt(block) }),
      random,
    );
  });
  const upgrade = upgradeOf({ changes: [change('v2', { to: '4.2.0' })], method: 'before-after' });
  const { comparisons } = reportOf(cellsOf(series), upgrade);
  const errors = comparisons.find(({ indicator }) => indicator === 'error_ratio')!;
  expect(errors.verdict).toBe('regressed');
  return errors.slices;
}

describe('slices of a regression', () => {
  it('are none where it is everywhere alike, but for one report in twenty', () => {
    const seeds = Array.from({ length: 100 }, (_, seed) => seed + 50);
    const alarms = seeds.filter((seed) => slices(() => 0.04, seed).length > 0).length;
    expect(alarms).toBeLessThanOrEqual(10);
  });

  it('name the one region that got worse, before its instances', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const [first] = slices((host) => (regionOf(host) === 'eu' ? 0.1 : 0), seed);
      expect(first).toMatchObject({ attribute: 'cloud.region', value: 'eu' });
      expect(first!.explains).toBeGreaterThan(0.8);
      expect(first!.traffic).toBeCloseTo(0.25, 2);
      expect(first!.post).toBeGreaterThan(3 * first!.baseline!);
    }
  });

  it('name the one bad instance', () => {
    const [first] = slices((host) => (host === 3 ? 0.3 : 0), 9);
    expect(first).toMatchObject({ attribute: 'service.instance.id', value: 'gateway-3' });
    expect(first!.explains).toBeGreaterThan(0.85);
  });

  it('show the same traffic once, however many attributes tell it apart', () => {
    const cluster = (host: number): [string, string][] => [
      ['cloud.region', regionOf(host)],
      ['k8s.cluster.name', `${regionOf(host)}-1`],
    ];
    const found = slices((host) => (regionOf(host) === 'eu' ? 0.1 : 0), 1, cluster);
    expect(found[0]).toMatchObject({ attribute: 'cloud.region', value: 'eu' });
    expect(found.map(({ attribute }) => attribute)).not.toContain('k8s.cluster.name');
  });
});

describe('the place of a process', () => {
  it('is neither held equal as a kind of traffic nor taken for a change that nobody listed', () => {
    const random = seededRandom(4);
    const moved = Array.from({ length: HOSTS }, (_, host) =>
      ['eu', 'us'].map((region, after) =>
        simulateRequests(
          cellKey({ instance: `gateway-${host}`, attributes: new Map([['cloud.region', region]]) }),
          ALL_BLOCKS,
          (block) => (Number(block >= FIRST_POST_BLOCK) === after ? { ...ORDINARY, requests: 40 } : null),
          random,
        ),
      ),
    ).flat();
    const report = reportOf(cellsOf(moved), upgradeOf({ method: 'before-after' }));
    expect(report.inputs.inferred).toEqual([]);
    expect(report.suspects).toEqual([]);
    for (const { mix, notes } of report.comparisons) {
      expect(mix).toBeNull();
      expect(notes.join()).not.toContain('cloud.region');
    }
  });
});

import { describe, expect, it } from 'vitest';
import type { CellSeries } from '../../src/domain/cells.ts';
import type { Comparison, Slice } from '../../src/domain/report.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, ORDINARY, simulateRequests } from '../support/simulated-cells.ts';
import { ALL_BLOCKS, change, FIRST_POST_BLOCK, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

const HOSTS = 8;
const regionOf = (host: number) => (host % 4 === 0 ? 'eu' : 'us');
const regionAlone = (host: number): [string, string][] => [['cloud.region', regionOf(host)]];

/** Requests of each host a block, by kind of client where kinds are told apart. */
type Kinds = readonly (readonly [kind: string | null, requests: number])[];
const UNTOLD: Kinds = [[null, 40]];
const TOLD: Kinds = [
  ['batch', 12],
  ['web', 28],
];

/** Eight hosts in two regions with errors of 2 % before, and whatever is added after: the comparison of errors. */
function errorsOf(
  added: (host: number, kind: string | null) => number,
  seed: number,
  placeOf = regionAlone,
  kinds = UNTOLD,
): Comparison {
  const random = seededRandom(seed);
  const series = Array.from({ length: HOSTS }, (_, host) =>
    kinds.map(([kind, requests]): CellSeries => {
      const ofKind: [string, string][] = kind === null ? [] : [['client.type', kind]];
      const attributes = new Map([...placeOf(host), ...ofKind]);
      const errorShareAt = (block: number) => 0.02 + (block >= FIRST_POST_BLOCK ? added(host, kind) : 0);
      return simulateRequests(
        cellKey({ instance: `gateway-${host}`, attributes }),
        ALL_BLOCKS,
        (block) => ({ ...ORDINARY, requests, errorShare: errorShareAt(block) }),
        random,
      );
    }),
  ).flat();
  const upgrade = upgradeOf({ changes: [change('v2', { to: '4.2.0' })], method: 'before-after' });
  const { comparisons } = reportOf(cellsOf(series), upgrade);
  const errors = comparisons.find(({ indicator }) => indicator === 'error_ratio')!;
  expect(errors.verdict).toBe('regressed');
  return errors;
}

function slices(added: (host: number) => number, seed: number, placeOf = regionAlone): readonly Slice[] {
  return errorsOf(added, seed, placeOf).slices;
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

describe('pairs of values', () => {
  const pairsOf = (added: (host: number, kind: string | null) => number, seed: number) =>
    errorsOf(added, seed, regionAlone, TOLD).slice_search!;
  const isEu = (host: number): boolean => regionOf(host) === 'eu';

  it('name the region and the kind of client that are bad only together, and not each instance of it again', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { pairs } = pairsOf((host, kind) => (isEu(host) && kind === 'batch' ? 0.12 : 0), seed);
      expect(pairs).toHaveLength(1);
      expect(pairs[0]!.values.map(({ value }) => value).sort()).toEqual(['batch', 'eu']);
      expect(pairs[0]!.traffic).toBeCloseTo(0.075, 3);
      expect(pairs[0]!.explains).toBeGreaterThan(0.7);
      expect(pairs[0]!.post).toBeGreaterThan(3 * pairs[0]!.baseline!);
    }
  });

  it('are none where one value does it alone, or two add up, but for one report in twenty', () => {
    const seeds = Array.from({ length: 20 }, (_, seed) => seed + 300);
    const alone = seeds.filter((seed) => pairsOf((host) => (isEu(host) ? 0.1 : 0), seed).pairs.length > 0);
    const sum = (host: number, kind: string | null) => (isEu(host) ? 0.06 : 0) + (kind === 'batch' ? 0.06 : 0);
    const added = seeds.filter((seed) => pairsOf(sum, seed).pairs.length > 0);
    expect(alone.length + added.length).toBeLessThanOrEqual(5);
  });

  it('are not even looked for where no value moved otherwise than the rest', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const search = pairsOf(() => 0.04, seed);
      if (search.alike !== null) expect(search.pairs_tested).toBe(0);
    }
  });
});

describe('a regression that is everywhere alike', () => {
  const told = (added: (host: number) => number, seed: number) => errorsOf(added, seed).slice_search!.alike;

  it('is said to be, with the values looked at and what would have shown', () => {
    const claims = [1, 2, 3, 4, 5].flatMap((seed) => told(() => 0.06, seed) ?? []);
    expect(claims.length).toBeGreaterThanOrEqual(4);
    for (const { values, attributes, untold, smallest_visible: least } of claims) {
      expect(values + untold).toBe(HOSTS + 2);
      expect(attributes).toContain('cloud.region');
      expect(least).toBeGreaterThan(0);
      expect(least).toBeLessThanOrEqual(1);
    }
  });

  it('is not said to be where one value differs, or where there is too little traffic to tell', () => {
    for (const seed of [1, 2, 3]) expect(told((host) => (regionOf(host) === 'eu' ? 0.1 : 0), seed)).toBeNull();
    const one = errorsOf(
      () => 0.06,
      1,
      () => [],
      [[null, 1]],
    );
    expect(one.slice_search?.alike ?? null).toBeNull();
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

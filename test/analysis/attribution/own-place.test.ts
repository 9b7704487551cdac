import { describe, expect, it } from 'vitest';
import type { CallEdge, CellSeries } from '../../../src/domain/cells.ts';
import type { Report, Suspect } from '../../../src/domain/report.ts';
import type { Change } from '../../../src/domain/upgrade.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { type Behaviour, cellKey, cellsOf, ORDINARY, simulateRequests } from '../../support/simulated-cells.ts';
import { ALL_BLOCKS, at, change, FIRST_POST_BLOCK, reportOf, upgradeOf } from '../../support/simulated-upgrade.ts';

const SEEDS = [1, 2, 3];
const EDGES: readonly (readonly [string, string])[] = [
  ['gateway', 'orders'],
  ['gateway', 'search'],
  ['orders', 'payments'],
];
const SECONDS: Readonly<Record<string, number>> = { gateway: 0.3, orders: 0.15, payments: 0.05, search: 0.05 };
const FROM = at(FIRST_POST_BLOCK - 5);

/** What is different after the upgrade, by service or by `caller>callee`. */
type After = Readonly<Record<string, Partial<Behaviour>>>;

function world(after: After, seed: number, versionOf: (service: string) => string | null = () => null): CellSeries[] {
  const random = seededRandom(seed);
  const draw = (key: Parameters<typeof cellKey>[0], seconds: number, name: string): CellSeries =>
    simulateRequests(
      cellKey({ endpoint: 'POST /', instance: null, ...key }),
      ALL_BLOCKS,
      (block) => ({
        ...ORDINARY,
        medianSeconds: seconds,
        spread: 0.2,
        ...(block < FIRST_POST_BLOCK ? {} : after[name]),
      }),
      random,
    );
  return [
    ...Object.keys(SECONDS).map((service) => {
      return draw({ service, version: versionOf(service) }, SECONDS[service]!, service);
    }),
    ...EDGES.map(([service, peer]) => {
      return draw({ service, peer, version: versionOf(service) }, SECONDS[peer]!, `${service}>${peer}`);
    }),
  ];
}

function reportWith(series: readonly CellSeries[], changes: readonly Change[]): Report {
  const calls: CallEdge[] = EDGES.map(([service, peer]) => ({ service, endpoint: null, peer, calleeService: peer }));
  return reportOf(cellsOf(series, calls), upgradeOf({ changes }));
}

function release(service: string, fields: Partial<Change> = {}): Change {
  return change(service, { service, atMs: FROM, ...fields });
}

function suspect(report: Report, id: string): Suspect {
  return report.suspects.find((one) => one.change === id)!;
}

function isAccused({ verdict }: Suspect): boolean {
  return verdict === 'blamed' || verdict === 'contributing';
}

const SLOW_PAYMENTS: After = {
  payments: { medianSeconds: 0.25 },
  'orders>payments': { medianSeconds: 0.25 },
  orders: { medianSeconds: 0.35 },
  'gateway>orders': { medianSeconds: 0.35 },
  gateway: { medianSeconds: 0.5 },
};

const SLOW_ORDERS: After = {
  orders: { medianSeconds: 0.35 },
  'gateway>orders': { medianSeconds: 0.35 },
  gateway: { medianSeconds: 0.5 },
};

describe.each(SEEDS)('the place in the call graph (seed %i)', (seed) => {
  it('tells a slow dependency from the service that merely waits for it', () => {
    const report = reportWith(world(SLOW_PAYMENTS, seed), [release('orders'), release('payments')]);
    expect(report.suspects[0]?.change).toBe('payments');
    expect(isAccused(suspect(report, 'payments'))).toBe(true);
    expect(isAccused(suspect(report, 'orders'))).toBe(false);
  });

  it('blames a service that is slow itself, and clears what it calls', () => {
    const report = reportWith(world(SLOW_ORDERS, seed), [release('payments'), release('orders')]);
    expect(report.suspects[0]?.change).toBe('orders');
    expect(isAccused(suspect(report, 'orders'))).toBe(true);
    expect(suspect(report, 'payments').verdict).toBe('cleared');
  });

  it('takes off what callees added: a little slower callee does not explain a much slower caller', () => {
    const after = {
      ...SLOW_ORDERS,
      payments: { medianSeconds: 0.06 },
      'orders>payments': { medianSeconds: 0.06 },
    };
    const report = reportWith(world(after, seed), [release('payments'), release('orders')]);
    expect(report.suspects[0]?.change).toBe('orders');
    expect(isAccused(suspect(report, 'orders'))).toBe(true);
  });

  it('clears the healthy release next to the bad one', () => {
    const report = reportWith(world(SLOW_PAYMENTS, seed), [release('search'), release('payments')]);
    expect(report.suspects[0]?.change).toBe('payments');
    expect(suspect(report, 'search').verdict).toBe('cleared');
  });

  it('does not blame the one that is asked more often for a storm of retries upstream', () => {
    const after = { 'gateway>orders': { retryShare: 0.6 }, orders: { requests: 320 } };
    const report = reportWith(world(after, seed), [release('orders'), release('gateway')]);
    expect(report.suspects[0]?.change).toBe('gateway');
    expect(isAccused(suspect(report, 'orders'))).toBe(false);
  });

  it('takes what callers see as evidence about a place that reports nothing', () => {
    const after = { 'orders>payments': { errorShare: 0.3 }, orders: { errorShare: 0.3 } };
    const series = world(after, seed).filter(({ key }) => key.service !== 'payments');
    const report = reportWith(series, [release('search'), release('payments')]);
    expect(report.suspects[0]?.change).toBe('payments');
    expect(isAccused(suspect(report, 'payments'))).toBe(true);
  });

  it('clears a callee whose own time stayed while its callers wait longer', () => {
    const after = { 'orders>payments': { medianSeconds: 0.25 }, orders: { medianSeconds: 0.35 } };
    const report = reportWith(world(after, seed), [release('payments'), release('search')]);
    expect(isAccused(suspect(report, 'payments'))).toBe(false);
  });

  it('blames the caller whose calls got worse whoever answered, not those it called', () => {
    const failing = { errorShare: 0.4 };
    const after = { 'gateway>orders': failing, 'gateway>search': failing, gateway: failing };
    const report = reportWith(world(after, seed), [release('orders'), release('search'), release('gateway')]);
    expect(report.suspects[0]?.change).toBe('gateway');
    expect(report.suspects.filter(isAccused).map((one) => one.change)).toEqual(['gateway']);
  });

  it('ranks the others the same with an irrelevant change added', () => {
    const series = world(SLOW_PAYMENTS, seed);
    const changes = [release('orders'), release('gateway'), release('payments')];
    const plain = reportWith(series, changes).suspects.map((one) => one.change);
    const irrelevant = change('billing', { service: 'billing', atMs: FROM });
    for (let place = 0; place <= changes.length; place++) {
      const more = reportWith(series, changes.toSpliced(place, 0, irrelevant)).suspects.map((one) => one.change);
      expect(more.filter((id) => id !== 'billing')).toEqual(plain);
    }
  });
});

describe('a release of which nothing was reported', () => {
  const failing = { gateway: { errorShare: 0.3 } };
  const versionOf = (service: string) => (service === 'payments' || service === 'search' ? '1' : null);
  const toNew = (service: string) => release(service, { from: '1', to: '2' });

  it.each(SEEDS)('is not cleared by what ran before it and is well (seed %i)', (seed) => {
    const series = world(failing, seed, versionOf);
    const report = reportWith(series, [release('orders'), toNew('payments')]);
    expect(report.suspects[0]?.change).toBe('payments');
    expect(isAccused(suspect(report, 'payments'))).toBe(true);
    expect(suspect(report, 'payments').evidence.join(' ')).toContain('Of what met payments, payments reported nothing');
  });

  it.each(SEEDS)('cannot be told from another such release (seed %i)', (seed) => {
    const report = reportWith(world(failing, seed, versionOf), [toNew('search'), toNew('payments')]);
    expect(suspect(report, 'search').verdict).toBe('cannot-separate');
    expect(suspect(report, 'payments').inseparable_from).toEqual(['search']);
  });

  it.each(SEEDS)('is no suspect where something else behind the callers got worse (seed %i)', (seed) => {
    const series = world({ ...SLOW_ORDERS }, seed, versionOf);
    const report = reportWith(series, [toNew('search'), release('orders')]);
    expect(report.suspects[0]?.change).toBe('orders');
    expect(isAccused(suspect(report, 'search'))).toBe(false);
  });
});

it.each(SEEDS)('nobody is cleared by absence alone where nobody is accused (seed %i)', (seed) => {
  const report = reportWith(world({ gateway: { errorShare: 0.3 } }, seed), [release('orders'), release('search')]);
  expect(report.verdict).toBe('regressed');
  expect(report.suspects.map(({ verdict }) => verdict)).toEqual(['no-evidence', 'no-evidence']);
});

it.each(SEEDS)('a place that got worse with bystanders that met no change is not blamed (seed %i)', (seed) => {
  const both = world({ orders: { medianSeconds: 0.2 }, search: { medianSeconds: 0.25 } }, seed);
  const changes = [release('orders'), release('payments')];
  expect(isAccused(suspect(reportWith(both, changes), 'orders'))).toBe(false);
  const alone = world({ orders: { medianSeconds: 0.2 } }, seed);
  expect(isAccused(suspect(reportWith(alone, changes), 'orders'))).toBe(true);
});

import { describe, expect, it } from 'vitest';
import type { CallEdge, CellSeries } from '../../../src/domain/cells.ts';
import type { Report, Suspect } from '../../../src/domain/report.ts';
import type { Change } from '../../../src/domain/upgrade.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { cellKey, cellsOf, ORDINARY, simulateRequests } from '../../support/simulated-cells.ts';
import { ALL_BLOCKS, at, change, FIRST_POST_BLOCK, reportOf, upgradeOf } from '../../support/simulated-upgrade.ts';

const SEEDS = [1, 2, 3];
const INSTANCES = [1, 2, 3, 4];
const SECONDS: Readonly<Record<string, number>> = { payments: 0.08, fraud: 0.04, mail: 0.06 };
const POST_ORDERS = 'POST /orders';
const GET_ORDERS = 'GET /orders';

/** What an endpoint of the gateway, or its calls to a peer, became slower by. */
type Slower = Readonly<Record<string, number>>;

function reportWith(peers: readonly string[], slower: Slower, changes: readonly Change[], seed: number): Report {
  const random = seededRandom(seed);
  const draw = (key: Parameters<typeof cellKey>[0], seconds: number, name: string): CellSeries[] =>
    INSTANCES.map((number) =>
      simulateRequests(
        cellKey({ endpoint: POST_ORDERS, instance: `gateway-${number}`, ...key }),
        ALL_BLOCKS,
        (block) => ({
          ...ORDINARY,
          requests: 60,
          spread: 0.3,
          medianSeconds: block < FIRST_POST_BLOCK ? seconds : seconds * (slower[name] ?? 1),
        }),
        random,
      ),
    );
  const series = [
    ...draw({}, 0.2, POST_ORDERS),
    ...draw({ endpoint: GET_ORDERS }, 0.05, GET_ORDERS),
    ...peers.flatMap((peer) => draw({ peer }, SECONDS[peer]!, peer)),
  ];
  const calls = peers.map(
    (peer): CallEdge => ({ service: 'gateway', endpoint: POST_ORDERS, peer, calleeService: null }),
  );
  return reportOf(cellsOf(series, calls), upgradeOf({ changes }));
}

function dependency(peer: string): Change {
  return change(`${peer}-api`, { kind: 'dependency', service: null, peer, atMs: at(FIRST_POST_BLOCK) });
}

/** A change of the gateway that came that minute, on all instances, which no traffic shows. */
const RESOLVER = change('dns.resolver', {
  kind: 'config',
  subject: 'dns.resolver',
  to: 'remote',
  atMs: at(FIRST_POST_BLOCK),
});

function suspect(report: Report, id: string): Suspect {
  return report.suspects.find((one) => one.change === id)!;
}

const THREE = ['payments', 'fraud', 'mail'];
const SLOW_PAYMENTS: Slower = { payments: 1.8, [POST_ORDERS]: 1.3 };
const SLOW_CALLS: Slower = { payments: 1.6, fraud: 1.6, mail: 1.6, [POST_ORDERS]: 1.5 };

describe.each(SEEDS)('a dependency among the peers of a caller (seed %i)', (seed) => {
  it('is blamed where calls to it alone got slower, with the numbers of both', () => {
    const report = reportWith(THREE, SLOW_PAYMENTS, [dependency('payments')], seed);
    const { verdict, evidence } = suspect(report, 'payments-api');
    expect(verdict).toBe('blamed');
    expect(evidence.join('\n')).toMatch(
      /Calls to payments got worse; calls of the same 4 instances to 2 other peers in the same blocks did not: latency\.\S+ of gateway POST \/orders to payments \(\+\d+(\.\d+)?% against [+−]\S+%, [+−]\S+% to [+−]\S+%/,
    );
  });

  it('is cleared where all calls of the caller got slower alike, and the change of the caller is accused', () => {
    const report = reportWith(THREE, SLOW_CALLS, [dependency('payments'), RESOLVER], seed);
    const { verdict, evidence } = suspect(report, 'payments-api');
    expect(verdict).toBe('cleared');
    expect(evidence.join('\n')).toMatch(
      /Calls of the same 4 instances to 2 other peers, which nobody changed, got as much worse .* so that the cause lies with gateway: /,
    );
    expect(suspect(report, 'dns.resolver').verdict).toBe('blamed');
  });

  it('is told by place and time where the caller calls nobody else, and says so', () => {
    const whole: Slower = { payments: 1.8, [POST_ORDERS]: 1.3, [GET_ORDERS]: 1 };
    const report = reportWith(['payments'], whole, [dependency('payments')], seed);
    const { verdict, evidence } = suspect(report, 'payments-api');
    expect(verdict).toBe('blamed');
    expect(evidence.join('\n')).toContain(
      'What never calls payments, an endpoint of gateway, kept its level in the same blocks: ',
    );
    expect(evidence.join('\n')).not.toContain('calls of the same');
  });

  it('is held against no peer that is a candidate itself: two that got slower at once are both blamed', () => {
    const both: Slower = { payments: 1.8, fraud: 1.8, [POST_ORDERS]: 1.5 };
    const report = reportWith(THREE, both, [dependency('payments'), dependency('fraud')], seed);
    expect(report.suspects.map(({ verdict }) => verdict)).toEqual(['blamed', 'blamed']);
    const pair = reportWith(['payments', 'fraud'], both, [dependency('payments'), dependency('fraud')], seed);
    for (const { verdict, evidence } of pair.suspects) {
      expect(verdict).not.toBe('cleared');
      expect(evidence.join('\n')).not.toContain('as much worse');
    }
  });

  it('is not cleared by others of which one kept its level', () => {
    const most: Slower = { payments: 1.6, fraud: 1.6, [POST_ORDERS]: 1.4 };
    const { evidence, verdict } = suspect(reportWith(THREE, most, [dependency('payments')], seed), 'payments-api');
    expect(verdict).not.toBe('cleared');
    expect(evidence.join('\n')).not.toContain('the cause lies with');
  });
});

describe('a peer', () => {
  const sentence =
    'No calls of gateway to other peers can be held against those to payments: its place and its time alone speak.';

  it('that is all a service is seen to call or serve is judged by place and time alone, and the evidence says so', () => {
    const random = seededRandom(5);
    const series = INSTANCES.map((number) =>
      simulateRequests(
        cellKey({ endpoint: null, peer: 'payments', instance: `gateway-${number}` }),
        ALL_BLOCKS,
        (block) => ({ ...ORDINARY, requests: 60, medianSeconds: block < FIRST_POST_BLOCK ? 0.08 : 0.15 }),
        random,
      ),
    );
    const report = reportOf(cellsOf(series), upgradeOf({ changes: [dependency('payments')] }));
    expect(suspect(report, 'payments-api').verdict).toBe('blamed');
    expect(suspect(report, 'payments-api').evidence).toContain(sentence);
  });

  it('stated with an exposure rule of its own is read off that rule, not off whom is called', () => {
    const exposure = { attribute: 'api.version', value: '2' };
    const stated = { ...dependency('payments'), exposure };
    const report = reportWith(THREE, SLOW_CALLS, [stated], 1);
    expect(suspect(report, 'payments-api').evidence.join('\n')).not.toContain('as much worse');
  });
});

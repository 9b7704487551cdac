import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inferChanges } from '../../src/analysis/inferring/infer-changes.ts';
import { changeName } from '../../src/analysis/inferring/inferred-change.ts';
import { resolvePhases } from '../../src/analysis/phases.ts';
import type { CellKey, CellSeries, FlagEvaluationSeries } from '../../src/domain/cells.ts';
import { cellKey, cellsOf, namedSeries, START_BLOCK } from '../support/simulated-cells.ts';
import {
  ALL_BLOCKS,
  at,
  BASELINE_BLOCKS,
  change,
  FIRST_POST_BLOCK,
  reportOf,
  upgradeOf,
} from '../support/simulated-upgrade.ts';

const PHASES = resolvePhases(upgradeOf(), at(0), at(ALL_BLOCKS));
const ROLLOUT = BASELINE_BLOCKS + 3;

type Requests = (block: number) => number;

const until =
  (end: number): Requests =>
  (block) =>
    block < end ? 100 : 0;
const from =
  (start: number): Requests =>
  (block) =>
    block >= start ? 100 : 0;
const always: Requests = () => 100;

function traffic(key: Partial<CellKey>, requests: Requests): CellSeries {
  return namedSeries(cellKey(key), '', ALL_BLOCKS, (block) => ({ sum: 0, count: requests(block) }));
}

function withAttribute(name: string, value: string, requests: Requests, key: Partial<CellKey> = {}): CellSeries {
  return traffic({ attributes: new Map([[name, value]]), ...key }, requests);
}

function evaluations(variant: string, requests: Requests): FlagEvaluationSeries {
  const blocks = Array.from({ length: ALL_BLOCKS }, (_, block) => block).filter((block) => requests(block) > 0);
  return {
    service: 'gateway',
    instance: 'gateway-1',
    flag: 'backoff.v2',
    variant,
    block: Int32Array.from(blocks, (block) => START_BLOCK + block),
    count: Float64Array.from(blocks, requests),
  };
}

function inferred(series: readonly CellSeries[], flags: readonly FlagEvaluationSeries[] = []) {
  return inferChanges(cellsOf(series, [], flags), PHASES, []);
}

function ids(series: readonly CellSeries[], flags: readonly FlagEvaluationSeries[] = []): string[] {
  return inferred(series, flags).map(({ id }) => id);
}

describe('a new version', () => {
  it('is a candidate with what it replaced, the time it was first seen, and how it came upon the instances', () => {
    const old = ['a', 'b'].map((instance, i) => traffic({ instance }, until(ROLLOUT + 2 * i)));
    const fresh = ['a', 'b'].map((instance, i) => traffic({ instance, version: '4.2.0' }, from(ROLLOUT + 2 * i)));
    expect(inferred([...old, ...fresh])).toEqual([
      change('gateway 4.1.9 -> 4.2.0', {
        from: '4.1.9',
        to: '4.2.0',
        atMs: at(ROLLOUT),
        ...{ lastMs: at(ROLLOUT + 2), instances: [2, 2] },
      }),
    ]);
  });

  it('that a canary had in the baseline is one where much more of the traffic meets it', () => {
    const canary: Requests = (block) => (block < ROLLOUT ? 5 : 100);
    const series = [traffic({}, until(ROLLOUT)), traffic({ version: '4.2.0', instance: 'canary' }, canary)];
    expect(ids(series)).toEqual(['gateway 4.1.9 -> 4.2.0']);
  });

  it('is none where two versions share the traffic as they did before, give or take', () => {
    const wobbling: Requests = (block) => 100 + ((block * 37) % 11);
    expect(ids([traffic({}, always), traffic({ version: '4.2.0' }, wobbling)])).toEqual([]);
  });

  it('is none below one per cent of the traffic', () => {
    const rare: Requests = (block) => (block === FIRST_POST_BLOCK + 5 ? 10 : 0);
    expect(ids([traffic({}, always), traffic({ version: '4.2.0' }, rare)])).toEqual([]);
  });

  it('of one service is not one of another', () => {
    const series = [traffic({}, until(ROLLOUT)), traffic({ version: '4.2.0' }, from(ROLLOUT))];
    expect(ids([...series, traffic({ service: 'orders' }, always)])).toEqual(['gateway 4.1.9 -> 4.2.0']);
  });

  it('is named by twelve digits of a digest, in full where that would be ambiguous', () => {
    const digest = (end: string) => `sha256:${'0123456789ab'.padEnd(60, '0')}${end}`;
    const old = traffic({ version: digest('aaaa') }, until(ROLLOUT));
    const alone = ids([old, traffic({ version: digest('bbbb') }, from(ROLLOUT))]);
    expect(alone).toEqual(['gateway sha256:0123456789ab -> sha256:0123456789ab']);
    const twins = ['bbbb', 'cccc'].map((end) => traffic({ version: digest(end) }, from(ROLLOUT)));
    const full = ids([old, ...twins]);
    expect(new Set(full).size).toBe(2);
    for (const id of full) expect(id).toContain(digest(''));
  });
});

describe('a flag', () => {
  const name = 'feature_flag.backoff.v2';
  const off = withAttribute(name, 'off', always);

  it('that comes out as a variant it never had is a candidate', () => {
    const on = withAttribute(name, 'on', from(FIRST_POST_BLOCK + 7));
    expect(inferred([off, on])).toMatchObject([
      { id: 'gateway flag backoff.v2 off -> on', kind: 'flag', service: 'gateway', subject: 'backoff.v2' },
    ]);
    expect(inferred([off, on])[0]?.atMs).toBe(at(FIRST_POST_BLOCK + 7));
  });

  it('that requests do not carry is read off the evaluations of its processes', () => {
    const flags = [evaluations('off', always), evaluations('on', from(FIRST_POST_BLOCK))];
    expect(ids([traffic({}, always)], flags)).toEqual(['gateway flag backoff.v2 off -> on']);
  });

  it('that requests carry is not read off the evaluations as well', () => {
    expect(ids([off], [evaluations('off', always), evaluations('on', from(FIRST_POST_BLOCK))])).toEqual([]);
  });

  it('is one candidate where several services saw the same move', () => {
    const orders = { service: 'orders' };
    const series = [
      off,
      withAttribute(name, 'on', from(FIRST_POST_BLOCK)),
      withAttribute(name, 'off', always, orders),
      withAttribute(name, 'on', from(FIRST_POST_BLOCK + 1), orders),
    ];
    expect(inferred(series)).toMatchObject([
      { id: 'flag backoff.v2 off -> on', service: null, atMs: at(FIRST_POST_BLOCK), instances: [2, 2] },
    ]);
  });

  it('that a new binary brings along is that binary, by its first variant', () => {
    const fresh = withAttribute(name, 'off', from(ROLLOUT), { version: '4.2.0' });
    expect(ids([traffic({}, until(ROLLOUT)), fresh])).toEqual(['gateway 4.1.9 -> 4.2.0']);
    const on = withAttribute(name, 'on', from(ROLLOUT + 5), { version: '4.2.0' });
    expect(ids([traffic({}, until(ROLLOUT)), fresh, on])).toEqual([
      'gateway 4.1.9 -> 4.2.0',
      'gateway flag backoff.v2 off -> on',
    ]);
  });

  it('that is first evaluated without a new binary is a candidate by its only variant', () => {
    const on = withAttribute(name, 'on', from(ROLLOUT));
    expect(ids([traffic({}, until(ROLLOUT)), on])).toEqual(['gateway flag backoff.v2 -> on']);
  });

  it('has no variant that stands for requests which met several', () => {
    const both = withAttribute(name, 'off|on', from(ROLLOUT));
    expect(ids([off, both, withAttribute(name, 'on', from(ROLLOUT))])).toEqual(['gateway flag backoff.v2 off -> on']);
  });
});

describe('a config key', () => {
  it('with a new value is a candidate', () => {
    const series = [
      withAttribute('config.pool', '8', until(ROLLOUT)),
      withAttribute('config.pool', '64', from(ROLLOUT)),
    ];
    expect(inferred(series)).toMatchObject([
      { id: 'gateway config pool 8 -> 64', kind: 'config', subject: 'pool', from: '8', to: '64' },
    ]);
  });

  it('that tells kinds of traffic apart is none where their mix moves, but is where a setting moves over the instances', () => {
    const share =
      (was: number, is: number): Requests =>
      (block) =>
        block < ROLLOUT ? was : is;
    const plans = [share(90, 60), share(10, 40)].map((requests, i) => withAttribute('config.plan', `${i}`, requests));
    expect(ids(plans)).toEqual([]);
    const canary = (['a', 'b', 'c', 'd'] as const).flatMap((instance) => [
      withAttribute('config.pool', '8', instance === 'a' ? () => 0 : until(ROLLOUT), { instance }),
      withAttribute('config.pool', '64', instance === 'a' ? always : from(ROLLOUT), { instance }),
    ]);
    expect(ids(canary)).toEqual(['gateway config pool 8 -> 64']);
  });

  it('that the document declares to tell kinds of traffic apart is none', () => {
    const cells = cellsOf([
      withAttribute('config.pool', '8', until(ROLLOUT)),
      withAttribute('config.pool', '64', from(ROLLOUT)),
    ]);
    expect(inferChanges(cells, PHASES, ['config.pool'])).toEqual([]);
  });

  it('that tells instances apart is none, however often they restart', () => {
    const pods = ['a', 'b', 'c', 'd'].map((instance, i) =>
      withAttribute('config.pod_ip', `10.0.0.${i}`, i < 2 ? until(ROLLOUT) : from(ROLLOUT), { instance }),
    );
    expect(ids(pods)).toEqual([]);
  });
});

describe('a peer', () => {
  const calls = (peer: string, requests: Requests, service = 'gateway') => traffic({ service, peer }, requests);

  it('that is called since the upgrade is one candidate, whoever calls it', () => {
    const series = [
      calls('payments', always),
      calls('fraud.example.com', from(FIRST_POST_BLOCK + 2)),
      traffic({ service: 'orders' }, always),
      calls('fraud.example.com', from(FIRST_POST_BLOCK), 'orders'),
    ];
    expect(inferred(series)).toMatchObject([
      { id: 'peer fraud.example.com', kind: 'dependency', peer: 'fraud.example.com', atMs: at(FIRST_POST_BLOCK) },
    ]);
  });

  it('that is called so seldom that its absence before is no wonder is none', () => {
    const rare: Requests = (block) => (block === FIRST_POST_BLOCK + 3 || block === FIRST_POST_BLOCK + 40 ? 1 : 0);
    expect(ids([traffic({}, always), calls('audit', rare)])).toEqual([]);
  });

  it('without a name is none', () => {
    expect(ids([traffic({}, always), calls('(unknown)', from(FIRST_POST_BLOCK))])).toEqual([]);
  });
});

describe('inferred candidates', () => {
  const world = [
    traffic({}, until(ROLLOUT)),
    traffic({ version: '4.2.0' }, from(ROLLOUT)),
    traffic({ service: 'catalog', version: '1' }, until(ROLLOUT + 2)),
    traffic({ service: 'catalog', version: '2' }, from(ROLLOUT + 2)),
    withAttribute('config.pool', '8', until(ROLLOUT), { service: 'orders' }),
    withAttribute('config.pool', '64', from(ROLLOUT), { service: 'orders' }),
  ];

  it('come in order of appearance, then of id, whatever the order of the series', () => {
    const expected = ['gateway 4.1.9 -> 4.2.0', 'orders config pool 8 -> 64', 'catalog 1 -> 2'];
    expect(ids(world)).toEqual(expected);
    expect(ids([...world].reverse())).toEqual(expected);
  });

  it('are the candidates of a document that lists none, and the report says so', () => {
    const report = reportOf(cellsOf(world));
    expect(report.inputs.changes).toBe('inferred');
    expect(report.suspects.map((suspect) => suspect.change).sort()).toEqual([...ids(world)].sort());
    expect(report.inputs.inferred[0]).toEqual({
      change: 'gateway 4.1.9 -> 4.2.0',
      first: new Date(at(ROLLOUT)).toISOString().replace('.000', ''),
      last: new Date(at(ROLLOUT)).toISOString().replace('.000', ''),
      instances: [1, 1],
    });
  });

  it('that a document with changes does not list are named as a finding, and suspected no more than before', () => {
    const listed = [change('gw', { from: '4.1.9', to: '4.2.0' })];
    const report = reportOf(cellsOf(world), upgradeOf({ changes: listed }));
    expect(report.inputs.changes).toBe('stated');
    expect(report.suspects.map((suspect) => suspect.change)).toEqual(['gw']);
    const found = report.quality.filter(({ code }) => code === 'unlisted-change');
    expect(found.map(({ message }) => message)).toEqual([
      expect.stringContaining('2: orders config pool 8 -> 64, catalog 1 -> 2'),
    ]);
  });

  it('that the document lists under other names are no finding', () => {
    const listed = [
      change('gw', { to: '4.2.0' }),
      change('cat', { kind: 'schedule', service: null, exposure: { attribute: 'service.version', value: '2' } }),
      change('pool', { kind: 'config', service: null, subject: 'pool', to: '64' }),
    ];
    const report = reportOf(cellsOf(world), upgradeOf({ changes: listed }));
    expect(report.quality.filter(({ code }) => code === 'unlisted-change')).toEqual([]);
  });
});

describe('the name of an inferred change', () => {
  it('quotes what would read as more than one word', () => {
    expect(changeName(['my gateway', 'flag', 'a -> b', 'off', '->', 'on\n'])).toBe(
      '"my gateway" flag "a -> b" off -> "on\\n"',
    );
  });

  it('differs where the parts differ', () => {
    const parts = fc.array(fc.oneof(fc.string(), fc.constantFrom('a', '"a"', 'a b', ' ', '')), { maxLength: 4 });
    fc.assert(
      fc.property(parts, parts, (left, right) => {
        const isSame = JSON.stringify(left) === JSON.stringify(right);
        expect(changeName(left) === changeName(right)).toBe(isSame);
      }),
    );
  });
});

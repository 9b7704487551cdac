import { describe, expect, it } from 'vitest';
import type { CellSeries } from '../../src/domain/cells.ts';
import type { Report } from '../../src/domain/report.ts';
import type { Change } from '../../src/domain/upgrade.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, namedSeries, ORDINARY, simulateRequests } from '../support/simulated-cells.ts';
import {
  ALL_BLOCKS,
  at,
  BASELINE_BLOCKS,
  change,
  FIRST_POST_BLOCK,
  reportOf,
  upgradeOf,
} from '../support/simulated-upgrade.ts';

const ROLLOUT = BASELINE_BLOCKS + 3;
const FLAG = { kind: 'flag', subject: 'backoff.v2', to: 'on', atMs: at(ROLLOUT) };
const BINARY = { to: '4.2.0', atMs: at(ROLLOUT) };

function traffic(service: string, version: string, flag: string, isServed: (block: number) => boolean): CellSeries {
  const key = cellKey({ service, version, attributes: new Map([['feature_flag.backoff.v2', flag]]) });
  return namedSeries(key, '', ALL_BLOCKS, (block) => ({ sum: 0, count: isServed(block) ? 100 : 0 }));
}

const WORLD = [
  traffic('gateway', '4.1.9', 'off', (block) => block < ROLLOUT),
  traffic('gateway', '4.2.0', 'on', (block) => block >= ROLLOUT),
];

function reported(changes: readonly Change[], series: readonly CellSeries[] = WORLD): Report {
  return reportOf(cellsOf(series), upgradeOf({ changes: [...changes] }));
}

function messages({ quality }: Report, code: string): string[] {
  return quality.filter((one) => one.code === code).map(({ message }) => message.replace(/^[^(]*/, ''));
}

describe('a change that no traffic met as it is stated', () => {
  it.each([
    ['of another letter case', { ...FLAG, to: 'On' }, '(slip: feature_flag.backoff.v2 = on)'],
    ['of another word', { ...FLAG, to: 'true' }, '(slip: feature_flag.backoff.v2 = on)'],
    ['that is left out', { ...FLAG, to: null }, '(slip: feature_flag.backoff.v2 = on)'],
    ['of a flag that is misspelt', { ...FLAG, subject: 'backoff-v2' }, '(slip: feature_flag.backoff.v2 = on)'],
    ['of a service that is misspelt', { ...FLAG, service: 'gatewai' }, '(slip: feature_flag.backoff.v2 = on)'],
    ['of a version written otherwise', { ...BINARY, to: 'v4.2.0' }, '(slip: service.version = 4.2.0)'],
    ['of a service that calls itself otherwise', { ...BINARY, service: 'edge' }, '(slip: service.version = 4.2.0)'],
  ])('by a value %s is read as the one that the telemetry shows, and a finding says so', (_, fields, said) => {
    const other = fields.to === BINARY.to || fields.to === 'v4.2.0' ? change('flag', FLAG) : change('gw', BINARY);
    const report = reported([change('slip', fields), other]);
    expect(messages(report, 'change-read-as-seen')).toEqual([said]);
    expect(messages(report, 'unlisted-change')).toEqual([]);
    expect(messages(report, 'change-without-traffic')).toEqual([]);
    expect(report.suspects.map((suspect) => suspect.change).sort()).toEqual(['slip', other.id].sort());
  });

  it('stays as it is where several changes could be meant, or another entry means the one there is', () => {
    const third = traffic('gateway', '4.2.0', 'half', (block) => block >= ROLLOUT);
    const several = reported([change('slip', { ...FLAG, to: 'true' })], [...WORLD, third]);
    expect(messages(several, 'change-read-as-seen')).toEqual([]);
    const both = reported([change('slip', { ...FLAG, to: 'true' }), change('flag', FLAG)]);
    expect(messages(both, 'change-read-as-seen')).toEqual([]);
  });

  it('is not taken for one on another service where its own is known as whom somebody calls', () => {
    const edges = [{ service: 'gateway', endpoint: null, peer: 'payments', calleeService: null }];
    const listed = [change('payments-4.2.0', { ...BINARY, service: 'payments' })];
    const report = reportOf(cellsOf(WORLD, edges), upgradeOf({ changes: listed }));
    expect(messages(report, 'change-read-as-seen')).toEqual([]);
  });

  it('is not taken for one of another kind, flag or service that is known', () => {
    const others = [
      change('other', { ...FLAG, subject: 'checkout' }),
      change('kind', { ...FLAG, kind: 'config' }),
      change('place', { ...BINARY, service: 'catalog' }),
    ];
    const catalog = traffic('catalog', '1', 'off', () => true);
    expect(messages(reported(others, [...WORLD, catalog]), 'change-read-as-seen')).toEqual([]);
  });
});

describe('what is announced', () => {
  const announced = (fields: Partial<Change>): Report =>
    reportOf(cellsOf(WORLD), upgradeOf(), { announced: [change('said', fields)] });

  it('is read as seen where it says the same at about the same time', () => {
    expect(messages(announced({ ...BINARY, to: 'v4.2.0' }), 'change-read-as-seen')).toHaveLength(1);
    expect(messages(announced({ ...FLAG, to: 'On' }), 'change-read-as-seen')).toHaveLength(1);
  });

  it('and comes later, or is another version, takes nothing from what the telemetry shows', () => {
    for (const fields of [
      { ...BINARY, to: 'v4.2.0', atMs: at(ROLLOUT + 40) },
      { ...BINARY, to: '4.2.1' },
    ]) {
      const report = announced(fields);
      expect(messages(report, 'change-read-as-seen')).toEqual([]);
      expect(report.suspects.map((suspect) => suspect.change)).toContain('gateway 4.1.9 -> 4.2.0');
    }
  });
});

describe('the time at which a change is stated', () => {
  it('is held against the time at which traffic first met it', () => {
    const hours = reported([change('gw', { ...BINARY, atMs: at(ROLLOUT - 30) })]);
    expect(messages(hours, 'change-seen-at-another-time')).toEqual([
      expect.stringMatching(/^\(gw: stated at .*, first met at .*\)$/),
    ]);
    const minutes = reported([change('gw', { ...BINARY, atMs: at(ROLLOUT - 10) })]);
    expect(messages(minutes, 'change-seen-at-another-time')).toEqual([]);
  });

  it('is said beside the time that was seen, where a blame rests on that', () => {
    const slow = { ...ORDINARY, medianSeconds: 2 * ORDINARY.medianSeconds };
    const [before, after] = [
      (block: number) => (block < FIRST_POST_BLOCK ? ORDINARY : null),
      (block: number) => (block < FIRST_POST_BLOCK ? null : slow),
    ];
    const series = [
      simulateRequests(cellKey(), ALL_BLOCKS, before, seededRandom(3)),
      simulateRequests(cellKey({ version: '4.2.0' }), ALL_BLOCKS, after, seededRandom(4)),
    ];
    const evidence = (atMs: number) =>
      reported([change('gw', { ...BINARY, atMs })], series).suspects[0]?.evidence.join(' ');
    expect(evidence(at(FIRST_POST_BLOCK - 60))).toMatch(
      /It came at \S+ \(stated: 2026-11-20T00:10:00Z\), the regression began/,
    );
    expect(evidence(at(FIRST_POST_BLOCK))).not.toContain('stated');
  });

  it('may lie long before the first request after it, where nothing was asked meanwhile', () => {
    const idle = [
      traffic('gateway', '4.1.9', 'off', (block) => block < ROLLOUT - 40),
      traffic('gateway', '4.2.0', 'on', (block) => block >= ROLLOUT),
    ];
    const report = reported([change('gw', { ...BINARY, atMs: at(ROLLOUT - 40) })], idle);
    expect(messages(report, 'change-seen-at-another-time')).toEqual([]);
  });
});

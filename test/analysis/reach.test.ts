import { describe, expect, it } from 'vitest';
import { buildCallGraph } from '../../src/analysis/call-graph.ts';
import { candidateKindOf } from '../../src/analysis/candidates/index.ts';
import { resolvePhases } from '../../src/analysis/phases.ts';
import { groupSubjects } from '../../src/analysis/subjects.ts';
import type { Change } from '../../src/domain/upgrade.ts';
import { cellKey, cellsOf, namedSeries } from '../support/simulated-cells.ts';
import { change, upgradeOf } from '../support/simulated-upgrade.ts';

const ADDRESS = 'payments.example.com';
const CALLS = [
  { service: 'gateway', endpoint: 'POST /orders', peer: ADDRESS, calleeService: 'payments' },
  { service: 'shop', endpoint: 'GET /', peer: 'gateway.example.com', calleeService: 'gateway' },
];

function reachOf(one: Change, service: string, endpoint: string | null, peer: string | null): string {
  const series = namedSeries(cellKey({ service, endpoint, peer }), 'x', 2, () => ({ sum: 1, count: 1 }));
  const [subject] = groupSubjects(cellsOf([series]), resolvePhases(upgradeOf(), 0, 1));
  return candidateKindOf(one).reach(one, subject!, buildCallGraph(CALLS, []));
}

const byAddress = change('d', { kind: 'dependency', service: null, peer: ADDRESS });
const byService = change('d', { kind: 'dependency', service: null, peer: 'payments' });
const binary = change('b', { service: 'payments', to: '2' });

describe.each([
  ['a dependency named by its address', byAddress],
  ['a dependency named by the service that answers', byService],
  ['a binary of that service', binary],
])('%s', (_name, one) => {
  it('directly reaches the calls to it and what it serves itself', () => {
    expect(reachOf(one, 'gateway', 'POST /orders', ADDRESS)).toBe('direct');
    expect(reachOf(one, 'payments', 'POST /charge', null)).toBe('direct');
  });

  it('reaches whatever calls it at one or more removes, and nothing else', () => {
    expect(reachOf(one, 'gateway', 'POST /orders', null)).toBe('callee');
    expect(reachOf(one, 'shop', 'GET /', null)).toBe('callee');
    expect(reachOf(one, 'gateway', 'GET /orders', null)).toBe('none');
    expect(reachOf(one, 'mail', null, null)).toBe('none');
  });
});

it('services behind one address are not each other', () => {
  const shared = ['a', 'b'].map((calleeService) => ({ service: 'x', endpoint: null, peer: 'lb', calleeService }));
  const graph = buildCallGraph(shared, []);
  expect(graph.isSame('lb', 'a') && graph.isSame('b', 'lb')).toBe(true);
  expect(graph.isSame('a', 'b')).toBe(false);
});

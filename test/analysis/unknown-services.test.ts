import { describe, expect, it } from 'vitest';
import type { Upgrade } from '../../src/domain/upgrade.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, ORDINARY, simulateRequests } from '../support/simulated-cells.ts';
import { ALL_BLOCKS, change, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

const random = seededRandom(4);
const cells = cellsOf(
  [
    simulateRequests(cellKey(), ALL_BLOCKS, () => ORDINARY, random),
    simulateRequests(cellKey({ peer: 'payments.example.com' }), ALL_BLOCKS, () => ORDINARY, random),
  ],
  [{ service: 'gateway', endpoint: null, peer: '10.0.0.7', calleeService: 'orders' }],
);

const unknown = (fields: Partial<Upgrade>, announced: Parameters<typeof reportOf>[2] = {}) =>
  reportOf(cells, upgradeOf(fields), announced)
    .quality.filter(({ code }) => code === 'unknown-service')
    .map(({ message, where, severity }) => ({ message, where, severity }));

describe('a service that no telemetry knows', () => {
  it('is named with the nearest that there is, where dependencies name it', () => {
    expect(
      unknown({
        dependencies: [
          ['gateway', 'ordrs'],
          ['warehouse', 'ordrs'],
        ],
      }),
    ).toEqual([
      {
        message: 'the document names a service that no telemetry knows (ordrs, did you mean orders?; warehouse)',
        where: 'spec.dependencies',
        severity: 'warning',
      },
    ]);
  });

  it('is named where a change of the document names it, not where one was announced', () => {
    const [finding, ...others] = unknown({ changes: [change('a', { service: 'gatway' })] });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ message: expect.stringContaining('did you mean gateway?'), where: 'spec.changes' });
    expect(unknown({}, { announced: [change('a', { service: 'gatway' })] })).toEqual([]);
  });

  it('is none that somebody was seen to call', () => {
    const dependencies = [
      ['gateway', 'orders'],
      ['gateway', 'payments.example.com'],
      ['gateway', '10.0.0.7'],
    ] as const;
    expect(unknown({ dependencies })).toEqual([]);
  });
});

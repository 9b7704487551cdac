import { describe, expect, it } from 'vitest';
import type { Slo } from '../../src/domain/slo.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, ORDINARY, simulateRequests } from '../support/simulated-cells.ts';
import { ALL_BLOCKS, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

const sloOf = (service: string): Slo => ({
  name: `${service}-errors`,
  service,
  endpoint: null,
  peer: null,
  objective: 0.99,
  periodMs: 28 * 86_400_000,
  indicator: { kind: 'errors' },
});

const cells = cellsOf([simulateRequests(cellKey(), ALL_BLOCKS, () => ORDINARY, seededRandom(2))]);
const slos = [sloOf('gateway'), sloOf('billing')];

describe('an SLO of which there is no data', () => {
  it('is named where the document names its SLOs', () => {
    const { quality } = reportOf(cells, upgradeOf({ sloFiles: ['gateway-errors', 'billing-errors'] }), { slos });
    const found = quality.filter(({ code }) => code === 'slo-without-data');
    expect(found.map(({ where }) => where)).toEqual(['billing-errors']);
  });

  it('is named where its service is one of this telemetry, and its endpoint is not', () => {
    const { quality } = reportOf(cells, upgradeOf(), { slos: [{ ...sloOf('gateway'), endpoint: 'GET /ordres' }] });
    expect(quality.map(({ code }) => code)).toContain('slo-without-data');
  });

  it('is left out without a word where all apply since the document names none, and it is of another service', () => {
    const { quality, budgets } = reportOf(cells, upgradeOf(), { slos });
    expect(quality.map(({ code }) => code)).not.toContain('slo-without-data');
    expect(budgets.map(({ slo }) => slo)).toEqual(['gateway-errors']);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CellSeries } from '../../src/domain/cells.ts';
import type { Upgrade } from '../../src/domain/upgrade.ts';
import { cellKey, cellsOf, namedSeries } from '../support/simulated-cells.ts';
import { ALL_BLOCKS, at, BASELINE_BLOCKS, change, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

const ROLLOUT = BASELINE_BLOCKS + 3;

function traffic(service: string, version: string, isServed: (block: number) => boolean): CellSeries {
  const key = cellKey({ service, version });
  return namedSeries(key, '', ALL_BLOCKS, (block) => ({ sum: 0, count: isServed(block) ? 100 : 0 }));
}

const WORLD = cellsOf([
  traffic('gateway', '4.1.9', (block) => block < ROLLOUT),
  traffic('gateway', '4.2.0', (block) => block >= ROLLOUT),
  traffic('catalog', '1', (block) => block < ROLLOUT),
  traffic('catalog', '2', (block) => block >= ROLLOUT),
]);
const OPEN = { window: null, baseline: [], post: null };
const DOCUMENTS: Readonly<Record<string, Upgrade>> = {
  'says all windows': upgradeOf(),
  'gives its maintenance window alone': upgradeOf({ baseline: [], post: null }),
  'gives its baseline alone': upgradeOf({ window: null, post: null }),
  'gives its post window alone': upgradeOf({ window: null, baseline: [] }),
  'gives the time of its change alone': upgradeOf({ ...OPEN, changes: [change('gw', { atMs: at(ROLLOUT) })] }),
};

describe('changes announced beside a document', () => {
  it.each(Object.keys(DOCUMENTS))('move no window of a document that %s', (which) => {
    const document = DOCUMENTS[which]!;
    const { windows } = reportOf(WORLD, document).inputs;
    const times = fc.array(fc.integer({ min: 0, max: ALL_BLOCKS }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(times, (blocks) => {
        const announced = blocks.map((block, number) => change(`a${number}`, { service: 'catalog', atMs: at(block) }));
        const report = reportOf(WORLD, document, { announced });
        expect(report.inputs.windows).toEqual(windows);
        const suspects = report.suspects.map((suspect) => suspect.change);
        for (const { id } of [...announced, ...document.changes]) expect(suspects).toContain(id);
      }),
      { numRuns: 10 },
    );
  });

  it('leave what the telemetry shows among the candidates of a document that lists none', () => {
    const flag = change('flag backoff on', { kind: 'flag', subject: 'backoff', to: 'on', atMs: at(ROLLOUT) });
    const { inputs, suspects } = reportOf(WORLD, upgradeOf(), { announced: [flag] });
    expect(inputs.changes).toBe('inferred');
    expect(inputs.inferred.map((one) => one.change)).toEqual(['catalog 1 -> 2', 'gateway 4.1.9 -> 4.2.0']);
    expect(suspects).toHaveLength(3);
  });

  it('are counted and left out where nothing that is compared could have met them', () => {
    const elsewhere = Array.from({ length: 40 }, (_, i) => change(`other ${i}`, { service: 'billing', atMs: at(i) }));
    const here = change('catalog 2', { service: 'catalog', to: '2', atMs: at(ROLLOUT) });
    const { suspects, quality } = reportOf(WORLD, upgradeOf(), { announced: [...elsewhere, here] });
    expect(suspects.map((suspect) => suspect.change).sort()).toEqual(['catalog 2', 'gateway 4.1.9 -> 4.2.0']);
    const found = quality.filter(({ code }) => code === 'announced-elsewhere');
    expect(found).toMatchObject([{ message: expect.stringContaining('(40: other 0, other 1, other 2)') }]);
  });

  it('are read as the telemetry shows them by a name that is nearly the same, never by a version alone', () => {
    const announced = ['gatewai', 'billing'].map((service) =>
      change(service, { service, to: '4.2.0', atMs: at(ROLLOUT) }),
    );
    const { suspects, quality } = reportOf(WORLD, upgradeOf(), { announced });
    expect(suspects.map((suspect) => suspect.change).sort()).toEqual(['catalog 1 -> 2', 'gatewai']);
    expect(quality.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['change-read-as-seen', 'announced-elsewhere']),
    );
  });

  it('stand for what the telemetry shows of them', () => {
    const deployed = ['gateway 4.2.0', 'catalog 2'].map((id) => {
      const [service = '', to = ''] = id.split(' ');
      return change(id, { service, to, atMs: at(ROLLOUT) });
    });
    const { inputs, suspects, quality } = reportOf(WORLD, upgradeOf(), { announced: deployed });
    expect(inputs).toMatchObject({ changes: 'stated', inferred: [] });
    expect(suspects.map((suspect) => suspect.change).sort()).toEqual(['catalog 2', 'gateway 4.2.0']);
    expect(quality.filter(({ code }) => code === 'unlisted-change')).toEqual([]);
  });
});

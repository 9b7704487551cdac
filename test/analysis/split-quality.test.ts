import { describe, expect, it } from 'vitest';
import { countedShares } from '../../src/analysis/exposure/counted-shares.ts';
import { resolvePhases } from '../../src/analysis/phases.ts';
import { splitFindings } from '../../src/analysis/quality/split-quality.ts';
import { groupSubjects } from '../../src/analysis/subjects.ts';
import type { CellSeries } from '../../src/domain/cells.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, namedSeries } from '../support/simulated-cells.ts';
import { ALL_BLOCKS, at, change, FIRST_POST_BLOCK, upgradeOf } from '../support/simulated-upgrade.ts';

const FLAG = change('new-cart', { kind: 'flag', subject: 'new-cart', from: 'off', to: 'on' });
const UPGRADE = upgradeOf({ changes: [FLAG] });
const PHASES = resolvePhases(UPGRADE, at(0), at(ALL_BLOCKS));
const REQUESTS = 40;

/** Six instances; `shareAt` says which part of an instance's requests in a block should meet the flag. */
function fleet(shareAt: (host: number, block: number) => number, random: SeededRandom, sticky = 1): CellSeries[] {
  return Array.from({ length: 6 }, (_, host) => host).flatMap((host) => {
    const met = Array.from({ length: ALL_BLOCKS }, (_, block) => {
      let count = 0;
      for (let i = 0; i < REQUESTS; i += sticky) if (random.uniform() < shareAt(host, block)) count += sticky;
      return block < FIRST_POST_BLOCK ? 0 : count;
    });
    return ['on', 'off'].map((variant) =>
      namedSeries(
        cellKey({ instance: `gateway-${host}`, attributes: new Map([['feature_flag.new-cart', variant]]) }),
        '',
        ALL_BLOCKS,
        (block) => ({ sum: 0, count: variant === 'on' ? met[block]! : REQUESTS - met[block]! }),
      ),
    );
  });
}

function findings(series: readonly CellSeries[]): string[] {
  const subjects = groupSubjects(cellsOf(series), PHASES);
  return splitFindings(subjects, [FLAG], PHASES, countedShares([])).map(({ message }) => message);
}

describe('a change that splits requests', () => {
  it.each([
    ['by request', 1],
    ['by user, each with four requests', 4],
  ])('is not doubted where its share is the same everywhere: %s', (_, sticky) => {
    const random = seededRandom(5);
    const alarms = Array.from({ length: 100 }, () => findings(fleet(() => 0.3, random, sticky))).flat();
    expect(alarms).toEqual([]);
  });

  it('is doubted where one instance has another share', () => {
    const [finding] = findings(fleet((host) => (host === 2 ? 0.45 : 0.3), seededRandom(6)));
    expect(finding).toMatch(/new-cart: .* between instances, p /);
  });

  it('is doubted where its share grows', () => {
    const [finding] = findings(fleet((_, block) => 0.2 + 0.004 * (block - FIRST_POST_BLOCK), seededRandom(7)));
    expect(finding).toMatch(/between times, p /);
  });

  it('is another matter where instances are split, not requests', () => {
    expect(findings(fleet((host) => (host < 3 ? 1 : 0), seededRandom(8)))).toEqual([]);
  });
});

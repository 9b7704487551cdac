import { describe, expect, it } from 'vitest';
import type { CellSeries } from '../../../src/domain/cells.ts';
import type { Suspect } from '../../../src/domain/report.ts';
import { type SeededRandom, seededRandom } from '../../support/seeded-random.ts';
import { cellKey, cellsOf, ORDINARY, simulateRequests } from '../../support/simulated-cells.ts';
import { ALL_BLOCKS, at, change, FIRST_POST_BLOCK, reportOf, upgradeOf } from '../../support/simulated-upgrade.ts';

/** A release walks over a fleet: it comes to instance after instance, `every` blocks apart. */
interface Walking {
  readonly instances: number;
  readonly every: number;
  /** Factor on latency of an instance in a block, given when the release came to it. */
  readonly slowness: (block: number, arrival: number) => number;
}

const FIRST_ARRIVAL = FIRST_POST_BLOCK + 6;
const RELEASE = change('gateway-4.2.0', { from: '4.1.9', to: '4.2.0', atMs: at(FIRST_ARRIVAL) });

function series({ instances, every, slowness }: Walking, random: SeededRandom): CellSeries[] {
  return Array.from({ length: instances }, (_, number) => number).flatMap((number) => {
    const arrival = FIRST_ARRIVAL + number * every;
    const level = Math.exp(0.03 * random.normal());
    return ['4.1.9', '4.2.0'].map((version) =>
      simulateRequests(
        cellKey({ instance: `gateway-${number}`, version }),
        ALL_BLOCKS,
        (block) =>
          block >= arrival === (version === '4.2.0')
            ? { ...ORDINARY, requests: 60, medianSeconds: 0.05 * level * slowness(block, arrival) }
            : null,
        random,
      ),
    );
  });
}

function suspectOf(walking: Walking, seed = 1): Suspect {
  const cells = cellsOf(series(walking, seededRandom(seed)));
  const report = reportOf(cells, upgradeOf({ changes: [RELEASE] }));
  expect(report.verdict).toBe('regressed');
  return report.suspects[0]!;
}

const HALFWAY = FIRST_ARRIVAL + 21;

describe('a release that walks over the instances', () => {
  it('is blamed for what grows on each from its own time on, for most of the move', () => {
    const suspect = suspectOf({
      instances: 8,
      every: 6,
      slowness: (block, arrival) => (block < arrival ? 1 : 1 + Math.min(1, (block - arrival) / 30)),
    });
    expect(suspect.verdict).toBe('blamed');
    expect(suspect.share?.estimate).toBeGreaterThan(0.5);
    expect(suspect.evidence.join(' ')).toMatch(/they got worse from then on.*8 instances/);
  });

  it('is said to agree with the time of each instance where each got worse at once', () => {
    const { verdict, evidence } = suspectOf({
      instances: 8,
      every: 6,
      slowness: (block, arrival) => (block < arrival ? 1 : 1.6),
    });
    expect(verdict).toBe('blamed');
    expect(evidence.join(' ')).toMatch(/[78] of 8 instances at their own time/);
  });

  it('is cleared where all got worse at one time, whichever time it came to them, with how many did', () => {
    const { verdict, evidence } = suspectOf({
      instances: 8,
      every: 6,
      slowness: (block) => (block < HALFWAY ? 1 : 1.6),
    });
    expect(verdict).toBe('cleared');
    expect(evidence[0]).toMatch(/^Instances got worse at one time, whichever time it came to them: .*[78] of 8 at /);
  });

  it('is cleared where each had got worse before it came, with how much was there', () => {
    const { verdict, evidence } = suspectOf({
      instances: 8,
      every: 6,
      slowness: (block, arrival) => (block < arrival - 15 ? 1 : 1.6),
    });
    expect(verdict).toBe('cleared');
    expect(evidence.join(' ')).toMatch(/they had got worse before it came: .*(just before|min\) before)/);
  });

  it('is not stacked over fewer than five instances', () => {
    const { evidence } = suspectOf({
      instances: 4,
      every: 8,
      slowness: (block, arrival) => (block < arrival ? 1 : 1.6),
    });
    expect(evidence.join(' ')).not.toMatch(/[Ss]tacked/);
  });

  it('is judged the same in any order of the input', () => {
    const all = series(
      { instances: 6, every: 6, slowness: (block, arrival) => (block < arrival ? 1 : 1.6) },
      seededRandom(4),
    );
    const upgrade = upgradeOf({ changes: [RELEASE] });
    expect(reportOf(cellsOf([...all].reverse()), upgrade).suspects).toEqual(reportOf(cellsOf(all), upgrade).suspects);
  });
});

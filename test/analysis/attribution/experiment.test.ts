import { describe, expect, it } from 'vitest';
import { type Experiment, smallestExperiment } from '../../../src/analysis/attribution/experiment.ts';
import { buildCallGraph } from '../../../src/analysis/call-graph.ts';
import { compareAll, type Finding } from '../../../src/analysis/comparing/comparing.ts';
import { countedShares } from '../../../src/analysis/exposure/counted-shares.ts';
import { knownPlaces } from '../../../src/analysis/known-places.ts';
import { resolvePhases } from '../../../src/analysis/phases.ts';
import { readingOf } from '../../../src/analysis/reading.ts';
import { groupSubjects } from '../../../src/analysis/subjects.ts';
import type { CellSeries } from '../../../src/domain/cells.ts';
import { type SeededRandom, seededRandom } from '../../support/seeded-random.ts';
import { type Behaviour, cellKey, cellsOf, ORDINARY, simulateRequests } from '../../support/simulated-cells.ts';
import { ALL_BLOCKS, at, FIRST_POST_BLOCK, upgradeOf } from '../../support/simulated-upgrade.ts';

const UPGRADE = upgradeOf();
const PHASES = resolvePhases(UPGRADE, at(0), at(ALL_BLOCKS));
const BEFORE: Behaviour = { ...ORDINARY, requests: 60, errorShare: 0.02 };
const AFTER: Behaviour = { ...BEFORE, errorShare: 0.1 };

function fleet(instances: readonly (string | null)[], requests = BEFORE.requests, seed = 1): CellSeries[] {
  const random = seededRandom(seed);
  return instances.map((instance) =>
    simulateRequests(
      cellKey({ instance }),
      ALL_BLOCKS,
      (block) => ({ ...(block < FIRST_POST_BLOCK ? BEFORE : AFTER), requests }),
      random,
    ),
  );
}

function errorsOf(series: readonly CellSeries[]): Finding {
  const cells = cellsOf(series);
  const context = {
    upgrade: UPGRADE,
    slos: [],
    phases: PHASES,
    graph: buildCallGraph([], []),
    reading: readingOf('final', PHASES, true, at(ALL_BLOCKS)),
    shares: countedShares([]),
    places: knownPlaces(cells),
  };
  const { findings } = compareAll(groupSubjects(cells, PHASES), context);
  return findings.find(({ indicator }) => indicator.name === 'error_ratio')!;
}

function plan(series: readonly CellSeries[], isPartial = true): Experiment | null {
  return smallestExperiment(errorsOf(series), isPartial, PHASES);
}

function eight(): string[] {
  return Array.from({ length: 8 }, (_, number) => `gateway-${number}`);
}

describe('the smallest step that tells changes apart', () => {
  it('takes a change back on a few instances, where instances are known', () => {
    expect(plan(fleet(eight()))?.part).toEqual({ kind: 'instances', count: 2, of: 8 });
  });

  it('asks for half of the traffic where instances are not known, and for all of it where nothing can run beside', () => {
    expect(plan(fleet([null]))?.part).toEqual({ kind: 'half' });
    expect(plan(fleet(eight()), false)?.part).toEqual({ kind: 'all' });
  });

  it('asks for more instances, or a longer time, the less traffic there is', () => {
    const [busy, quiet] = [plan(fleet(eight(), 60))!, plan(fleet(eight(), 2))!];
    const [few, many] = [busy.part, quiet.part] as { count: number }[];
    expect(many!.count * quiet.minutes).toBeGreaterThan(4 * few!.count * busy.minutes);
  });

  it('tells "all of the move" from "none of it" four times in five, when it is carried out', () => {
    const { part, minutes } = plan(fleet(eight(), 6))!;
    if (part.kind !== 'instances') throw new Error('instances are known here');
    const random = seededRandom(77);
    const tries = 400;
    let told = 0;
    for (let i = 0; i < tries; i++) {
      const back = errors(part.count * minutes * 6, BEFORE.errorShare, random);
      const beside = errors((part.of - part.count) * minutes * 6, AFTER.errorShare, random);
      const error = Math.sqrt(variance(back) + variance(beside));
      const halfway = (AFTER.errorShare - BEFORE.errorShare) / 2;
      if (beside.share - back.share - halfway > 1.96 * error) told++;
    }
    expect(told / tries).toBeGreaterThan(0.76);
  });
});

interface Share {
  readonly share: number;
  readonly requests: number;
}

function errors(requests: number, share: number, random: SeededRandom): Share {
  let count = 0;
  for (let i = 0; i < requests; i++) if (random.uniform() < share) count++;
  return { share: count / requests, requests };
}

function variance({ share, requests }: Share): number {
  return (share * (1 - share)) / requests;
}

import type { Comparison } from '../../../src/domain/report.ts';
import { seededChance } from '../chance.ts';
import { detectableEffects, effectOn, TARGETS, type Target } from './detectable.ts';
import { NOTHING, type TrueEffect } from './effect.ts';
import { isDiscovery } from './false-discovery.ts';
import { type Course, drawEndpoint, FIRST_BLOCK, FLEET, type Fleet } from './fleet.ts';
import { fleetTimes, simulatedReport } from './simulated-report.ts';
import type { Scenario, Simulation } from './simulation.ts';
import type { Tally } from './tally.ts';

const ENDPOINTS = 20;
const MINUTE_MS = 60_000;
const fleet: Fleet = { ...FLEET, autocorrelation: 0.3, blockSpread: 0.03 };

/** An instance that has just started takes three times as long and fails five times as often; five blocks take off two thirds. */
const COLD: TrueEffect = { latency: 3, errors: 5, retries: 3 };
const DECAY_BLOCKS = 5;
const warming: Course = (block) => Math.exp(-block / DECAY_BLOCKS);

const TIMES_DETECTABLE = 2;
/** A move that goes away is this much larger, so that the whole window still shows it. */
const TIMES_DETECTABLE_OVER = 6;
const NEAR_BLOCKS = 3;

/** What becomes of moves that do not last, and of those that do. */
export const course: Simulation = {
  name: 'course',
  scenarios: [warmUp(), warmUpBeforeRegression(), lasting(), over()],
};

function warmUp(): Scenario {
  return {
    name: 'instances that come up cold and are else unchanged',
    parts: { full: 24, quick: 1 },
    run(seed) {
      const comparisons = drawn(seed, () => ({ effect: COLD, course: warming }));
      const alarms = comparisons.filter(({ verdict }) => isDiscovery(verdict)).length;
      return [
        { figure: 'reports that alarm at a warm-up', hits: alarms > 0 ? 1 : 0, trials: 1 },
        cuts('cold', comparisons),
      ];
    },
  };
}

/** The effect of a regression on top of the warm-up, each to its own power: what is left of the warm-up is a factor on it. */
function warmUpBeforeRegression(): Scenario {
  return {
    name: 'instances that come up cold and regressed',
    parts: { full: 12, quick: 1 },
    run(seed) {
      const detectable = detectableEffects(fleet);
      const targets = TARGETS.filter((target) => target.startsWith('latency'));
      const comparisons = drawn(seed, (i) => {
        const effect = effectOn(
          targets[i % targets.length]!,
          TIMES_DETECTABLE * detectable.get(targets[i % targets.length]!)!,
        );
        const excess = Math.log(COLD.latency) / Math.log(effect.latency);
        return { effect, course: (block) => 1 + excess * warming(block) };
      });
      return aimed(comparisons, (i) => targets[i % targets.length]!).map(({ verdict }) => ({
        figure: 'regression after a warm-up is found',
        hits: verdict === 'regressed' ? 1 : 0,
        trials: 1,
      }));
    },
  };
}

function lasting(): Scenario {
  return {
    name: 'moves that last',
    parts: { full: 24, quick: 1 },
    run(seed) {
      const detectable = detectableEffects(fleet);
      const comparisons = drawn(seed, (i) => {
        const target = TARGETS[i % TARGETS.length]!;
        return { effect: effectOn(target, TIMES_DETECTABLE * detectable.get(target)!), course: () => 1 };
      });
      const quiet = drawn(seed + 1, () => ({ effect: NOTHING, course: () => 0 }));
      const moved = aimed(comparisons, targetOf).filter(
        ({ verdict }) => verdict === 'regressed' || verdict === 'transient',
      );
      return [
        ...moved.map(({ verdict }) => ({
          figure: 'a move that lasts is called transient',
          hits: verdict === 'transient' ? 1 : 0,
          trials: 1,
        })),
        cuts('steady', quiet),
      ];
    },
  };
}

/** From a sixth of post on, for a third of it. */
function over(): Scenario {
  const [start, end] = [fleet.postBlocks / 6, fleet.postBlocks / 2];
  return {
    name: 'moves that are over',
    parts: { full: 12, quick: 1 },
    run(seed) {
      const detectable = detectableEffects(fleet);
      const comparisons = drawn(seed, (i) => {
        const target = TARGETS[i % TARGETS.length]!;
        const effect = effectOn(target, TIMES_DETECTABLE_OVER * detectable.get(target)!);
        return { effect, course: (block) => (block >= start && block < end ? 1 : 0) };
      });
      return aimed(comparisons, targetOf).flatMap((comparison) => spellTallies(comparison, start, end));
    },
  };
}

function spellTallies({ verdict, onset, notes }: Comparison, start: number, end: number): Tally[] {
  const figure = 'a move that is over is called transient';
  if (verdict !== 'transient') return [{ figure, hits: 0, trials: verdict === 'regressed' ? 1 : 0 }];
  const blockOf = (instant: string): number => Date.parse(instant) / MINUTE_MS - FIRST_BLOCK - fleet.baselineBlocks;
  const ended = notes.map((note) => /was over by (\S+)/.exec(note)?.[1]).find((instant) => instant !== undefined);
  const near = (instant: string | undefined, block: number): number =>
    instant !== undefined && Math.abs(blockOf(instant) - block) <= NEAR_BLOCKS ? 1 : 0;
  return [
    { figure, hits: 1, trials: 1 },
    { figure: 'start of a transient within 3 blocks', hits: near(onset?.at, start), trials: 1 },
    { figure: 'end of a transient within 3 blocks', hits: near(ended, end), trials: 1 },
  ];
}

function targetOf(index: number): Target {
  return TARGETS[index % TARGETS.length]!;
}

function drawn(
  seed: number,
  of: (index: number) => { readonly effect: TrueEffect; readonly course: Course },
): readonly Comparison[] {
  const chance = seededChance(seed);
  const series = Array.from({ length: ENDPOINTS }, (_, i) => {
    const { effect, course } = of(i);
    return drawEndpoint(fleet, `GET /${i}`, effect, chance, course);
  }).flat();
  return simulatedReport(series, fleetTimes(fleet)).comparisons;
}

/** Of each endpoint the comparison its effect was aimed at. */
function aimed(comparisons: readonly Comparison[], targetAt: (index: number) => Target): Comparison[] {
  return Array.from({ length: ENDPOINTS }, (_, i) =>
    comparisons.filter(({ endpoint, indicator }) => endpoint === `GET /${i}` && indicator === targetAt(i)),
  ).flat();
}

function cuts(world: string, comparisons: readonly Comparison[]): Tally {
  const cut = comparisons.filter(({ notes }) => notes.some((note) => note.includes('warm-up'))).length;
  return { figure: `comparisons with a warm-up cut, ${world}`, hits: cut, trials: comparisons.length };
}

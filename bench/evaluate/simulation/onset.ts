import type { Comparison } from '../../../src/domain/report.ts';
import { seededChance } from '../chance.ts';
import { detectableEffects, effectOn, TARGETS, type Target } from './detectable.ts';
import { type Course, drawEndpoint, FIRST_BLOCK, FLEET, type Fleet, stepAfter } from './fleet.ts';
import { byEndpoint, fleetTimes, simulatedReport } from './simulated-report.ts';
import type { Scenario, Simulation } from './simulation.ts';
import type { Tally } from './tally.ts';

const ENDPOINTS = 20;
/** At twice the detectable effect a block differs by about its own noise, and no method dates that to two blocks. */
const TIMES_DETECTABLE = 4;
/** The effect sets in up to so many blocks after the upgrade. */
const LATEST_ONSET = 40;
const NEAR_BLOCKS = 2;
/** Half of the effect comes so many blocks before the rest; a ramp takes as long. */
const CLIMB_BLOCKS = 30;

const fleet: Fleet = { ...FLEET, autocorrelation: 0.3, blockSpread: 0.03 };

/** How near the onset comes to the block in which it was put; what is not found counts as far. */
export const onset: Simulation = {
  name: 'onset',
  scenarios: [
    dated('a step after the upgrade', '', stepAfter),
    dated('two steps after the upgrade', ', two steps', (blocks) => (block) => {
      return block < blocks ? 0 : block < blocks + CLIMB_BLOCKS ? 0.5 : 1;
    }),
    dated('a ramp after the upgrade', ', a ramp', (blocks) => (block) => {
      return Math.min(1, Math.max(0, (block - blocks + 1) / CLIMB_BLOCKS));
    }),
  ],
};

function dated(name: string, suffix: string, courseFrom: (blocks: number) => Course): Scenario {
  return {
    name,
    parts: { full: 12, quick: 1 },
    run: (seed) => oneReport(seed, suffix, courseFrom),
  };
}

function oneReport(seed: number, suffix: string, courseFrom: (blocks: number) => Course): Tally[] {
  const detectable = detectableEffects(fleet);
  const chance = seededChance(seed);
  const put = new Map(
    Array.from({ length: ENDPOINTS }, (_, i): [string, { target: Target; blocks: number }] => {
      const blocks = Math.floor(chance.uniform() * LATEST_ONSET);
      return [`GET /${i}`, { target: TARGETS[i % TARGETS.length]!, blocks }];
    }),
  );
  const series = [...put].flatMap(([endpoint, { target, blocks }]) => {
    const share = 1 - blocks / fleet.postBlocks;
    const effect = effectOn(target, (TIMES_DETECTABLE * detectable.get(target)!) / share);
    return drawEndpoint(fleet, endpoint, effect, chance, courseFrom(blocks));
  });
  return [...byEndpoint(simulatedReport(series, fleetTimes(fleet)))].flatMap(([endpoint, comparisons]) => {
    const { target, blocks } = put.get(endpoint)!;
    const aimed = comparisons.find(({ indicator }) => indicator === target);
    return onsetTallies(aimed, FIRST_BLOCK + fleet.baselineBlocks + blocks, target, suffix);
  });
}

function onsetTallies(aimed: Comparison | undefined, trueBlock: number, target: Target, suffix: string): Tally[] {
  const named = aimed?.verdict === 'regressed' ? (aimed.onset ?? null) : null;
  const block = (instant: string): number => Date.parse(instant) / 60_000;
  const near = named !== null && Math.abs(block(named.at) - trueBlock) <= NEAR_BLOCKS;
  const held = named !== null && block(named.low) <= trueBlock && trueBlock <= block(named.high);
  const tallies = [
    { figure: `within 2 blocks${suffix}`, hits: near ? 1 : 0, trials: 1 },
    { figure: `within 2 blocks${suffix} / ${target}`, hits: near ? 1 : 0, trials: 1 },
  ];
  if (named !== null) tallies.push({ figure: `interval holds the onset${suffix}`, hits: held ? 1 : 0, trials: 1 });
  return tallies;
}

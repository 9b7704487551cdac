import { seededChance } from '../chance.ts';
import { detectableEffects, effectOn, TARGETS, type Target } from './detectable.ts';
import { drawEndpoint, FIRST_BLOCK, FLEET, type Fleet } from './fleet.ts';
import { byEndpoint, fleetTimes, simulatedReport } from './simulated-report.ts';
import type { Simulation } from './simulation.ts';
import type { Tally } from './tally.ts';

const ENDPOINTS = 20;
/** At twice the detectable effect a block differs by about its own noise, and no method dates that to two blocks. */
const TIMES_DETECTABLE = 4;
/** The effect sets in up to so many blocks after the upgrade. */
const LATEST_ONSET = 40;
const NEAR_BLOCKS = 2;

const fleet: Fleet = { ...FLEET, autocorrelation: 0.3, blockSpread: 0.03 };

/** How near the onset of a step comes to the block in which it was put; what is not found counts as far. */
export const onset: Simulation = {
  name: 'onset',
  scenarios: [
    {
      name: 'a step after the upgrade',
      parts: { full: 12, quick: 1 },
      run: (seed) => oneReport(seed, detectableEffects(fleet)),
    },
  ],
};

function oneReport(seed: number, detectable: ReadonlyMap<Target, number>): Tally[] {
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
    return drawEndpoint(fleet, endpoint, effect, chance, blocks);
  });
  const tallies: Tally[] = [];
  for (const [endpoint, comparisons] of byEndpoint(simulatedReport(series, fleetTimes(fleet)))) {
    const { target, blocks } = put.get(endpoint)!;
    const aimed = comparisons.find(({ indicator }) => indicator === target);
    const named = aimed?.verdict === 'regressed' ? (aimed.onset ?? null) : null;
    const trueBlock = FIRST_BLOCK + fleet.baselineBlocks + blocks;
    const block = (instant: string): number => Date.parse(instant) / 60_000;
    const near = named !== null && Math.abs(block(named.at) - trueBlock) <= NEAR_BLOCKS;
    const held = named !== null && block(named.low) <= trueBlock && trueBlock <= block(named.high);
    tallies.push({ figure: 'within 2 blocks', hits: near ? 1 : 0, trials: 1 });
    tallies.push({ figure: `within 2 blocks / ${target}`, hits: near ? 1 : 0, trials: 1 });
    if (named !== null) tallies.push({ figure: 'interval holds the onset', hits: held ? 1 : 0, trials: 1 });
  }
  return tallies;
}

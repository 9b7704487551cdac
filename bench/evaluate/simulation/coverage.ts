import { seededChance } from '../chance.ts';
import { NOTHING, type TrueEffect, truthOf } from './effect.ts';
import { drawEndpoint, FLEET, type Fleet } from './fleet.ts';
import { byEndpoint, fleetTimes, simulatedReport } from './simulated-report.ts';
import type { Scenario, Simulation } from './simulation.ts';
import type { Tally } from './tally.ts';

const ENDPOINTS = 10;
/** Half of the endpoints move, so that intervals are also asked to hold an effect that is not zero. */
const MOVED: TrueEffect = { latency: 1.15, errors: 1.6, retries: 1.4 };
const PARTS = { full: 30, quick: 1 };

/** How often the 95 % intervals of the report hold the effect that was put in. */
export const coverage: Simulation = {
  name: 'coverage',
  scenarios: [
    ...[8, 20].flatMap((hosts) =>
      [0, 0.05, 0.1].map((hostSpread) =>
        covering(`concurrent, ${hosts} hosts, host sd ${100 * hostSpread} %`, { rollout: 'beside', hosts, hostSpread }),
      ),
    ),
    covering('concurrent, 40 hosts, host sd 10 %, scale 3', {
      rollout: 'beside',
      hosts: 40,
      hostSpread: 0.1,
      scale: 3,
    }),
    ...[0, 0.3, 0.6].map((autocorrelation) =>
      covering(`before-after, 8 hosts, AR ${autocorrelation}`, { autocorrelation }),
    ),
    covering('before-after, 40 hosts, AR 0.6', { hosts: 40, autocorrelation: 0.6 }),
    covering('before-after, 8 hosts, AR 0.6, an hour a window', {
      autocorrelation: 0.6,
      baselineBlocks: 60,
      postBlocks: 60,
    }),
    covering('before-after, all hosts replaced, host sd 10 %', { rollout: 'replaced', hostSpread: 0.1 }),
    covering('half of the hosts upgraded, 8 hosts, host sd 10 %', { rollout: 'half', hostSpread: 0.1 }),
    covering('half of the hosts upgraded, unlike beforehand', {
      rollout: 'half',
      hosts: 20,
      hostSpread: 0.1,
      unlike: 0.15,
    }),
    // The kind that is four times slower doubles, or halves while everything within gets slower (Simpson).
    covering('before-after, mix shift', { slowShares: [0.2, 0.4] }),
    covering('before-after, mix shift, declared strata', { slowShares: [0.2, 0.4], kindAttribute: 'client.type' }),
    covering('before-after, mix shift against the effect', { slowShares: [0.4, 0.2] }),
    covering('concurrent, arms of unlike mix', { rollout: 'beside', hosts: 20, slowShares: [0.4, 0.2] }),
    covering('half of the hosts upgraded, mix shift', {
      rollout: 'half',
      hosts: 20,
      hostSpread: 0.1,
      slowShares: [0.4, 0.2],
    }),
  ],
};

export function covering(name: string, fields: Partial<Fleet>): Scenario {
  const fleet = { ...FLEET, ...fields };
  return { name, parts: PARTS, run: (seed) => coverageOf(name, fleet, seed) };
}

/** One tally an endpoint and indicator family, so that intervals of one endpoint count as one cluster. */
function coverageOf(name: string, fleet: Fleet, seed: number): Tally[] {
  const chance = seededChance(seed);
  const effects = new Map(
    Array.from({ length: ENDPOINTS }, (_, i): [string, TrueEffect] => [`GET /${i}`, i % 2 === 0 ? NOTHING : MOVED]),
  );
  const series = [...effects].flatMap(([endpoint, effect]) => drawEndpoint(fleet, endpoint, effect, chance));
  const tallies: Tally[] = [];
  for (const [endpoint, comparisons] of byEndpoint(simulatedReport(series, fleetTimes(fleet)))) {
    let hits = 0;
    let trials = 0;
    for (const { indicator, effect } of comparisons) {
      if (effect === null) continue;
      const truth = truthOf(indicator, effect.kind, effects.get(endpoint)!, fleet.slowShares?.[0]);
      if (truth === null) continue;
      const held = effect.low <= truth && truth <= effect.high ? 1 : 0;
      tallies.push({ figure: `${name} / ${indicator}`, hits: held, trials: 1 });
      hits += held;
      trials++;
    }
    tallies.push({ figure: name, hits, trials });
  }
  return tallies;
}

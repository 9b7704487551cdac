import type { Comparison } from '../../../src/domain/report.ts';
import { seededChance } from '../chance.ts';
import { NOTHING, type TrueEffect } from './effect.ts';
import { drawEndpoint, FLEET, type Fleet } from './fleet.ts';
import { byEndpoint, fleetTimes, simulatedReport } from './simulated-report.ts';
import type { Scenario, Simulation } from './simulation.ts';
import type { Tally } from './tally.ts';

const ENDPOINTS = 20;
const TWICE: TrueEffect = { latency: 2, errors: 2, retries: 2 };

/** Three hosts an arm can be relabelled in 20 ways: no p below 0.05 can come of comparing them, whatever is seen. */
export const fewHosts: Simulation = {
  name: 'few hosts',
  scenarios: [
    threeHosts({ rollout: 'beside', baselineBlocks: 0 }),
    threeHosts({ rollout: 'beside' }),
    threeHosts({ rollout: 'half' }),
  ],
};

function threeHosts(fields: Partial<Fleet>): Scenario {
  const fleet: Fleet = { ...FLEET, hosts: 3, hostSpread: 0.1, ...fields };
  const past = fleet.baselineBlocks === 0 ? 'without a past' : 'with a past';
  const name = fleet.rollout === 'beside' ? `new hosts beside old, ${past}` : 'half of the hosts upgraded';
  return {
    name,
    parts: { full: 6, quick: 1 },
    run(seed) {
      const chance = seededChance(seed);
      const endpoints = Array.from({ length: ENDPOINTS }, (_, i) => `GET /${i}`);
      const quiet = new Set(endpoints.slice(ENDPOINTS / 2));
      const series = endpoints.flatMap((endpoint) =>
        drawEndpoint(fleet, endpoint, quiet.has(endpoint) ? NOTHING : TWICE, chance),
      );
      return [...byEndpoint(simulatedReport(series, fleetTimes(fleet)))].flatMap(([endpoint, comparisons]) =>
        comparisons.flatMap((comparison) => hostTallies(name, fleet, quiet.has(endpoint), comparison)),
      );
    },
  };
}

/** Before-after is the comparison by time, whose clusters are not hosts: there only what did not change can be wrong. */
function hostTallies(name: string, fleet: Fleet, quiet: boolean, { method, p }: Comparison): Tally[] {
  const byHost = fleet.baselineBlocks === 0 || method !== 'before-after';
  const hits = p !== null && p < 0.01 ? 1 : 0;
  if (byHost) return [{ figure: 'claims below p = 0.01 with 3 hosts an arm', hits, trials: 1 }];
  return quiet ? [{ figure: `claims below p = 0.01 by time though nothing changed, ${name}`, hits, trials: 1 }] : [];
}

import type { CellSeries } from '../../../src/domain/cells.ts';
import { type Chance, seededChance } from '../chance.ts';
import type { TrueEffect } from './effect.ts';
import { drawEndpoint, FLEET, type Fleet } from './fleet.ts';
import { drawSeasonalEndpoint, seasonTimes } from './season.ts';
import { fleetTimes, simulatedReport, type Times } from './simulated-report.ts';
import type { Scenario, Simulation } from './simulation.ts';
import type { Tally } from './tally.ts';

/** A tenth beyond the default margins: the regressions that are the easiest to take for none. */
const BARELY: TrueEffect = { latency: 1.055, errors: 1.11, retries: 1.11 };
/** Retries are too small a part of attempts, and one request in a thousand too few, for either to move beyond its margin. */
const UNMOVED = new Set(['attempts_per_request', 'latency.tail_share']);

/** How often data that truly regressed is said not to have. */
export const wrongClaims: Simulation = {
  name: 'wrong claims',
  scenarios: [
    ofFleet('steady', { blockSpread: 0.02 }),
    ofFleet('AR 0.6', { autocorrelation: 0.6 }),
    ofFleet('concurrent', { rollout: 'beside', hosts: 10 }),
    ofFleet('mix shift', { blockSpread: 0.02, slowShares: [0.3, 0.2] }),
    ofFleet('mix shift, declared strata', { blockSpread: 0.02, slowShares: [0.3, 0.2], kindAttribute: 'client.type' }),
    claiming('weekly season', 10, seasonTimes(), { full: 12, quick: 1 }, (endpoint, chance) => [
      drawSeasonalEndpoint(endpoint, BARELY, chance, -1),
    ]),
  ],
};

function ofFleet(name: string, fields: Partial<Fleet>): Scenario {
  const fleet = { ...FLEET, requests: 40_000, ...fields };
  return claiming(name, 20, fleetTimes(fleet), { full: 20, quick: 1 }, (endpoint, chance) =>
    drawEndpoint(fleet, endpoint, BARELY, chance),
  );
}

function claiming(
  name: string,
  endpoints: number,
  times: Times,
  parts: Scenario['parts'],
  draw: (endpoint: string, chance: Chance) => CellSeries[],
): Scenario {
  return {
    name,
    parts,
    run(seed) {
      const chance = seededChance(seed);
      const series = Array.from({ length: endpoints }, (_, i) => draw(`GET /${i}`, chance)).flat();
      const { comparisons } = simulatedReport(series, times);
      const regressed = comparisons.filter(({ indicator }) => !UNMOVED.has(indicator));
      return regressed.flatMap(({ verdict, indicator }): Tally[] => {
        const hits = verdict === 'no-regression' || verdict === 'improved' ? 1 : 0;
        const figure = `"no regression" though regressed, ${name}`;
        return [
          { figure, hits, trials: 1 },
          { figure: `${figure} / ${indicator}`, hits, trials: 1 },
        ];
      });
    },
  };
}

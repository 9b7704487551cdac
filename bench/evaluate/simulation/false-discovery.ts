import type { CellSeries } from '../../../src/domain/cells.ts';
import type { Comparison } from '../../../src/domain/report.ts';
import { type Chance, seededChance } from '../chance.ts';
import { NOTHING } from './effect.ts';
import { drawEndpoint, FLEET, type Fleet } from './fleet.ts';
import { drawSeasonalEndpoint, seasonTimes } from './season.ts';
import { fleetTimes, simulatedReport, type Times } from './simulated-report.ts';
import type { Scenario, Simulation } from './simulation.ts';
import type { Tally } from './tally.ts';

const ENDPOINTS = 50;
/** The five indicators of the contract; the others a report has are reported on beside them. */
const INDICATORS = new Set(['latency.p50', 'latency.p90', 'latency.p99', 'error_ratio', 'retry_ratio']);

/** Nothing changed anywhere: every move a report claims is a false discovery, and one is enough to spoil a report. */
export const falseDiscovery: Simulation = {
  name: 'A/A',
  scenarios: [
    ofFleet('steady', { autocorrelation: 0.3 }, { full: 60, quick: 1 }),
    ofFleet('mix shift', { autocorrelation: 0.3, slowShares: [0.2, 0.4] }, { full: 60, quick: 1 }),
    ofFleet(
      'mix shift, declared strata',
      { autocorrelation: 0.3, slowShares: [0.2, 0.4], kindAttribute: 'client.type' },
      { full: 60, quick: 1 },
    ),
    ofFleet('hosts replaced', { rollout: 'replaced', hostSpread: 0.05 }, { full: 60, quick: 1 }),
    quiet('weekly season', seasonTimes(), { full: 40, quick: 1 }, (endpoint, chance) => [
      drawSeasonalEndpoint(endpoint, NOTHING, chance),
    ]),
  ],
};

function ofFleet(name: string, fields: Partial<Fleet>, parts: Scenario['parts']): Scenario {
  const fleet = { ...FLEET, baselineBlocks: 60, postBlocks: 60, ...fields };
  return quiet(name, fleetTimes(fleet), parts, (endpoint, chance) => drawEndpoint(fleet, endpoint, NOTHING, chance));
}

function quiet(
  name: string,
  times: Times,
  parts: Scenario['parts'],
  draw: (endpoint: string, chance: Chance) => CellSeries[],
): Scenario {
  return {
    name,
    parts,
    run(seed) {
      const chance = seededChance(seed);
      const endpoints = Array.from({ length: ENDPOINTS }, (_, i) => `GET /${i}`);
      const report = simulatedReport(
        endpoints.flatMap((endpoint) => draw(endpoint, chance)),
        times,
      );
      return quietTallies(name, report.comparisons);
    },
  };
}

/** With nothing true to discover, the false discovery proportion is 1 in a report with any discovery, else 0. */
function quietTallies(name: string, comparisons: readonly Comparison[]): Tally[] {
  const family = comparisons.filter(({ indicator }) => INDICATORS.has(indicator));
  const discoveries = family.filter(({ verdict }) => isDiscovery(verdict)).length;
  const alarms = comparisons.filter(({ verdict }) => verdict === 'regressed').length;
  return [
    { figure: `false discovery, ${name}`, hits: discoveries > 0 ? 1 : 0, trials: 1 },
    { figure: `false discovery, ${name} / reports that alarm`, hits: alarms > 0 ? 1 : 0, trials: 1 },
    { figure: `false discovery, ${name} / comparisons`, hits: discoveries, trials: family.length },
    {
      figure: `false discovery, ${name} / cannot tell`,
      hits: family.filter(({ verdict }) => verdict === 'cannot-tell').length,
      trials: family.length,
    },
  ];
}

export function isDiscovery(verdict: Comparison['verdict']): boolean {
  return verdict === 'regressed' || verdict === 'improved' || verdict === 'shifted';
}

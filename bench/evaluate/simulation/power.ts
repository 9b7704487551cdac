import type { Comparison } from '../../../src/domain/report.ts';
import { seededChance } from '../chance.ts';
import { detectableEffects, effectOn, TARGETS, type Target } from './detectable.ts';
import { NOTHING } from './effect.ts';
import { isDiscovery } from './false-discovery.ts';
import { drawEndpoint, FLEET, type Fleet } from './fleet.ts';
import { byEndpoint, fleetTimes, simulatedReport } from './simulated-report.ts';
import type { Scenario, Simulation } from './simulation.ts';
import type { Tally } from './tally.ts';

const ENDPOINTS = 30;
/** Two endpoints a target regress, the others are quiet. */
const REGRESSED = 2 * TARGETS.length;
const REPORTS_A_PART = 2;
const TIMES_DETECTABLE = 2;

export const power: Simulation = {
  name: 'power',
  scenarios: [
    finding('before-after', { autocorrelation: 0.3, blockSpread: 0.03 }),
    finding('concurrent', { rollout: 'beside', hosts: 20, hostSpread: 0.05 }),
  ],
};

function finding(name: string, fields: Partial<Fleet>): Scenario {
  const fleet = { ...FLEET, ...fields };
  return {
    name,
    parts: { full: 16, quick: 1 },
    run(seed) {
      const detectable = detectableEffects(fleet);
      return Array.from({ length: REPORTS_A_PART }, (_, i) => oneReport(name, fleet, detectable, seed + i)).flat();
    },
  };
}

function oneReport(name: string, fleet: Fleet, detectable: ReadonlyMap<Target, number>, seed: number): Tally[] {
  const chance = seededChance(seed);
  const targets = new Map(
    Array.from({ length: REGRESSED }, (_, i): [string, Target] => [`GET /${i}`, TARGETS[i % TARGETS.length]!]),
  );
  const series = Array.from({ length: ENDPOINTS }, (_, i) => {
    const target = targets.get(`GET /${i}`);
    const effect = target === undefined ? NOTHING : effectOn(target, TIMES_DETECTABLE * detectable.get(target)!);
    return drawEndpoint(fleet, `GET /${i}`, effect, chance);
  }).flat();
  const found: Tally[] = [];
  const quiet: Comparison[] = [];
  let right = 0;
  for (const [endpoint, comparisons] of byEndpoint(simulatedReport(series, fleetTimes(fleet)))) {
    const target = targets.get(endpoint);
    if (target === undefined) quiet.push(...comparisons);
    else right += comparisons.filter(({ verdict }) => isDiscovery(verdict)).length;
    const aimed = comparisons.find(({ indicator }) => indicator === target);
    if (aimed === undefined) continue;
    const hits = aimed.verdict === 'regressed' ? 1 : 0;
    found.push({ figure: `recall at twice the detectable effect, ${name}`, hits, trials: 1 });
    found.push({ figure: `recall at twice the detectable effect, ${name} / ${target}`, hits, trials: 1 });
  }
  const wrong = quiet.filter(({ verdict }) => isDiscovery(verdict)).length;
  const proportion = wrong / Math.max(1, wrong + right);
  return [...found, { figure: `false discovery beside true ones, ${name}`, hits: proportion, trials: 1 }];
}

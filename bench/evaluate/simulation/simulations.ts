import { course } from './course.ts';
import { coverage } from './coverage.ts';
import { falseDiscovery } from './false-discovery.ts';
import { fewHosts } from './few-hosts.ts';
import { live } from './live.ts';
import { onset } from './onset.ts';
import { power } from './power.ts';
import { scenarios } from './scenarios.ts';
import type { Scenario, Simulation } from './simulation.ts';
import type { Tally } from './tally.ts';
import { wrongClaims } from './wrong-claims.ts';

export const SIMULATIONS: ReadonlyMap<string, Simulation> = new Map(
  [coverage, falseDiscovery, power, wrongClaims, fewHosts, onset, course, live, scenarios].map((simulation) => [
    simulation.name,
    simulation,
  ]),
);

/** Seeds of parts lie apart: a part may use the numbers that follow its own. */
const SEED_STEP = 1000;

export function runPart(job: { simulation: string; scenario: string; part: number }): Tally[] {
  return scenarioOf(job.simulation, job.scenario).run(seedOfPart(job.part));
}

export function seedOfPart(part: number): number {
  return 20_261_116 + part * SEED_STEP;
}

export function scenarioOf(simulation: string, name: string): Scenario {
  const scenario = SIMULATIONS.get(simulation)?.scenarios.find((one) => one.name === name);
  if (scenario === undefined) throw new Error(`no scenario "${name}" in "${simulation}"`);
  return scenario;
}

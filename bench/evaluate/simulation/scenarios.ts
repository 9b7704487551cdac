import { foldScenario, reportOfFolded } from '../scenarios/play.ts';
import { faultsOf, innocentsOf, keepsOrder } from '../scenarios/right-answer.ts';
import { readScenarioFiles } from '../scenarios/scenario-files.ts';
import type { WrittenScenario } from '../scenarios/written-scenario.ts';
import type { Scenario, Simulation } from './simulation.ts';
import type { Tally } from './tally.ts';

/** The scenarios of `test/scenarios`, each in as many seeds: who is blamed, and whether that is right in every point. */
export const scenarios: Simulation = { name: 'scenarios', scenarios: readScenarioFiles().map(played) };

function played(scenario: WrittenScenario): Scenario {
  return {
    name: scenario.name,
    parts: { full: 20, quick: 5 },
    run: (seed) => playOnce(scenario, seed),
  };
}

function playOnce(scenario: WrittenScenario, seed: number): Tally[] {
  const folded = foldScenario(scenario, seed);
  const report = reportOfFolded(scenario, folded);
  const faults = faultsOf(scenario, report);
  const innocents = innocentsOf(scenario, report);
  const isKept = keepsOrder(report, reportOfFolded(scenario, folded, true));
  return [
    { figure: `right answers, ${scenario.name}`, hits: faults.length === 0 ? 1 : 0, trials: 1 },
    { figure: 'blame of an innocent change', hits: innocents.accused, trials: innocents.all },
    { figure: 'an irrelevant change keeps the order of the others', hits: isKept ? 1 : 0, trials: 1 },
    ...faults.map((fault) => ({ figure: `right answers, ${scenario.name} / ${fault}`, hits: 1, trials: 1 })),
  ];
}

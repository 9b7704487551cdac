import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FLOORS } from '../../bench/evaluate/floors.ts';
import { readNotYet } from '../../bench/evaluate/scenarios/not-yet.ts';
import { foldScenario, reportOfFolded } from '../../bench/evaluate/scenarios/play.ts';
import { keepsOrder } from '../../bench/evaluate/scenarios/right-answer.ts';
import { readScenarioFiles } from '../../bench/evaluate/scenarios/scenario-files.ts';
import { seedOfPart } from '../../bench/evaluate/simulation/simulations.ts';
import { BOTH_ROADS, PARTS } from './judging.ts';

const scenarios = readScenarioFiles();
const notYet = readNotYet();

describe('the scenarios', () => {
  it('that are not judged right yet exist and have a reason', () => {
    const names = scenarios.map(({ name }) => name);
    expect([...notYet.keys()].filter((name) => !names.includes(name))).toEqual([]);
    expect([...notYet.values()]).not.toContain('');
  });

  it('are all judged, in parts, and both roads in those that are named', () => {
    const parts = readdirSync(import.meta.dirname).filter((file) => /^judged-.*\.test\.ts$/.test(file));
    expect(parts).toEqual(Array.from({ length: PARTS }, (_, part) => `judged-${part + 1}-of-${PARTS}.test.ts`));
    const names = scenarios.map(({ name }) => name);
    expect([...BOTH_ROADS].filter((name) => !names.includes(name))).toEqual([]);
  });

  it('are each held to a bar in the evaluation', () => {
    const held = FLOORS.filter(({ set }) => set === 'scenarios').map(({ figure }) => figure);
    const figures = scenarios.map(({ name }) => `right answers, ${name}`);
    expect(held.filter((figure) => figure.startsWith('right answers, '))).toEqual(figures);
  });
});

describe('an irrelevant change', () => {
  const named = ['two-causes', 'confounded', 'slow-callee'];

  it.each(scenarios.filter(({ name }) => named.includes(name)))(
    'added to a case does not change the order of the others: $name',
    (scenario) => {
      const folded = foldScenario(scenario, seedOfPart(3));
      expect(keepsOrder(reportOfFolded(scenario, folded), reportOfFolded(scenario, folded, true))).toBe(true);
    },
  );
});

import { describe, expect, it } from 'vitest';
import { foldScenario, reportOfFolded } from '../../bench/evaluate/scenarios/play.ts';
import { faultsOf } from '../../bench/evaluate/scenarios/right-answer.ts';
import { readScenarioFiles } from '../../bench/evaluate/scenarios/scenario-files.ts';
import type { WrittenScenario } from '../../bench/evaluate/scenarios/written-scenario.ts';
import { seedOfPart } from '../../bench/evaluate/simulation/simulations.ts';
import type { Report } from '../../src/domain/report.ts';

function played(name: string): { scenario: WrittenScenario; report: Report } {
  const scenario = readScenarioFiles().find((one) => one.name === name)!;
  return { scenario, report: reportOfFolded(scenario, foldScenario(scenario, seedOfPart(0))) };
}

function withShares(report: Report, estimate: number): Report {
  const suspects = report.suspects.map((one) =>
    one.share === null ? one : { ...one, share: { ...one.share, estimate } },
  );
  return { ...report, suspects };
}

describe('the judge of a scenario', () => {
  it('finds shares at one endpoint that add up to more than the whole', () => {
    const { scenario, report } = played('two-causes');
    expect(faultsOf(scenario, report)).toEqual([]);
    expect(faultsOf(scenario, withShares(report, 0.6))).toEqual([
      expect.stringMatching(/shares at gateway POST \/orders add up to 120/),
    ]);
  });

  it('lets changes at different endpoints each have all of their own', () => {
    const { scenario, report } = played('two-causes-apart');
    expect(faultsOf(scenario, withShares(report, 1))).toEqual([]);
  });

  it('finds parts of a comparison that are not the whole with what is unexplained', () => {
    const { scenario, report } = played('two-causes');
    const comparisons = report.comparisons.map((one) =>
      one.shares === null ? one : { ...one, shares: { ...one.shares, parts: one.shares.parts.slice(1) } },
    );
    expect(faultsOf(scenario, { ...report, comparisons })[0]).toMatch(/parts of POST \/orders .* add up to/);
  });
});

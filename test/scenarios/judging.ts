import { describe, expect, it } from 'vitest';
import { readNotYet } from '../../bench/evaluate/scenarios/not-yet.ts';
import { foldScenario, reportFromFiles, reportOfFolded } from '../../bench/evaluate/scenarios/play.ts';
import { faultsOf } from '../../bench/evaluate/scenarios/right-answer.ts';
import { readScenarioFiles } from '../../bench/evaluate/scenarios/scenario-files.ts';
import type { WrittenScenario } from '../../bench/evaluate/scenarios/written-scenario.ts';
import { seedOfPart } from '../../bench/evaluate/simulation/simulations.ts';
import type { Report } from '../../src/domain/report.ts';

/** Of so many test files, `judged-1-of-4.test.ts` and on, which run beside each other. */
export const PARTS = 4;

/** Draws in which one that is seldom misjudged is looked at for a fault. */
const MOST_DRAWS = 12;

/** Those in which both roads from a scenario to a report are held against each other. */
export const BOTH_ROADS: ReadonlySet<string> = new Set(['flag-only', 'mix-shift', 'canary-on-few-instances']);

/** The scenarios of one part in PARTS, each held to its expectation. */
export function judgeScenarios(part: number): void {
  const notYet = readNotYet();
  const own = readScenarioFiles().filter((_, index) => index % PARTS === part);
  describe.each(own)('scenario $name: $title', (scenario) => judge(scenario, notYet.get(scenario.name)));
}

function judge(scenario: WrittenScenario, reason: string | undefined): void {
  let read: Promise<Report> | undefined;
  /** The first draw, on the whole road through OTLP JSON lines and `analyze`. */
  const firstReport = (): Promise<Report> => {
    read ??= reportFromFiles(scenario, seedOfPart(0));
    return read;
  };

  if (reason === undefined) {
    it('is judged right in every point, in two draws of two', async () => {
      expect(faultsOf(scenario, await firstReport())).toEqual([]);
      expect(faultsOfDraw(scenario, 1)).toEqual([]);
    });
  } else {
    it(`is not judged right yet: ${reason}`, () => {
      const draws = Array.from({ length: MOST_DRAWS }, (_, draw) => draw);
      const isMisjudged = draws.some((draw) => faultsOfDraw(scenario, draw).length > 0);
      expect(isMisjudged, `take ${scenario.name} off test/scenarios/not-yet.txt`).toBe(true);
    });
  }

  if (BOTH_ROADS.has(scenario.name)) {
    it('leads to the same report through OTLP JSON lines or straight into folding', async () => {
      const { inputs, ...straight } = reportOfFolded(scenario, foldScenario(scenario, seedOfPart(0)));
      const { inputs: readInputs, ...throughFiles } = await firstReport();
      expect(throughFiles).toEqual(straight);
      expect({ ...readInputs, digest: '' }).toEqual(inputs);
    });
  }
}

/** A later draw, straight into folding. */
function faultsOfDraw(scenario: WrittenScenario, draw: number): string[] {
  return faultsOf(scenario, reportOfFolded(scenario, foldScenario(scenario, seedOfPart(draw))));
}

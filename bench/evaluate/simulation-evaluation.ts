import { type JudgedFigure, judgeFigure } from './figure.ts';
import type { Job } from './job.ts';
import { runJobs } from './pool.ts';
import { progressOf } from './progress.ts';
import type { Simulation } from './simulation/simulation.ts';
import { byFigure, shareOf, type Tally } from './simulation/tally.ts';

const TIMEOUT_MS = 300_000;
/** Stands between a figure's name and the part of it that is looked at. */
const DETAIL = ' / ';

export interface SimulationEvaluation {
  readonly figures: readonly JudgedFigure[];
  readonly details: readonly JudgedFigure[];
  readonly failed: readonly string[];
}

export async function evaluateSimulation(simulation: Simulation, quick: boolean): Promise<SimulationEvaluation> {
  const jobs = simulation.scenarios.flatMap(({ name: scenario, parts }) =>
    Array.from(
      { length: quick ? parts.quick : parts.full },
      (_, part): Job => ({ kind: 'simulation', simulation: simulation.name, scenario, part }),
    ),
  );
  const settled = await runJobs(jobs, { timeoutMs: TIMEOUT_MS, onProgress: progressOf(simulation.name) });
  const tallies = settled.flatMap((one): readonly Tally[] => (one.kind === 'simulation' ? one.tallies : []));
  const figures = [...byFigure(tallies)].map(([name, ofFigure]) => {
    const { trials, value, interval } = shareOf(ofFigure);
    return judgeFigure({ set: simulation.name, name, n: trials, value, interval });
  });
  return {
    figures: figures.filter(({ name }) => !name.includes(DETAIL)),
    details: figures.filter(({ name }) => name.includes(DETAIL)),
    failed: settled.flatMap((one, i) => (one.kind === 'failed' ? [`${JSON.stringify(jobs[i])}: ${one.error}`] : [])),
  };
}

import type { Series } from '../../domain/report.ts';
import { formatInstant } from '../../domain/window.ts';
import type { Indicator, Steps } from '../indicators/indicator.ts';
import type { Phases } from '../phases.ts';
import type { Sample } from './sample.ts';

/** Enough points for a chart a person can read. */
const MOST_STEPS = 120;

/** Blocks from the first to the last that any comparison or the maintenance window covers; null without windows. */
export function coveredBlocks(phases: Phases): { first: number; last: number } | null {
  const windows = [...phases.baseline, phases.window, phases.post].filter((window) => window !== null);
  if (windows.length === 0) return null;
  const first = Math.floor(Math.min(...windows.map((window) => window.startMs)) / phases.resolutionMs);
  const last = Math.ceil(Math.max(...windows.map((window) => window.endMs)) / phases.resolutionMs) - 1;
  return last >= first ? { first, last } : null;
}

/** The indicator over time, blocks merged until the chart is readable. */
export function chartSeries(indicator: Indicator, sample: Sample, phases: Phases): Series | null {
  const covered = coveredBlocks(phases);
  if (covered === null) return null;
  const blocks = Math.ceil((covered.last - covered.first + 1) / MOST_STEPS);
  const steps: Steps = {
    count: Math.ceil((covered.last - covered.first + 1) / blocks),
    stepOf(block) {
      return block < covered.first || block > covered.last ? -1 : Math.floor((block - covered.first) / blocks);
    },
  };
  return {
    start: formatInstant(covered.first * phases.resolutionMs),
    stepSeconds: (blocks * phases.resolutionMs) / 1000,
    values: indicator.timeline(sample, steps),
  };
}

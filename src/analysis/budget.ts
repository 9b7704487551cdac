import { type Cells, REQUESTS } from '../domain/cells.ts';
import type { Budget } from '../domain/report.ts';
import type { Slo } from '../domain/slo.ts';
import { formatInstant } from '../domain/window.ts';
import { CONFIDENCE } from './comparing/decision.ts';
import { type ArmPair, estimateArms } from './estimating/estimate.ts';
import { type Phases, phaseOf } from './phases.ts';
import type { Reading } from './reading.ts';
import { columnRatio } from './sampling/column-ratio.ts';
import { poolHistograms, shareAbove } from './sampling/histogram-sample.ts';
import { placeByBlock } from './sampling/placing.ts';
import type { RowRatio, Sample } from './sampling/sample.ts';
import type { Subject } from './subjects.ts';

interface BurnContext {
  readonly phases: Phases;
  readonly reading: Reading;
}

/**
 * Burn before and after: the share of bad requests over what the objective allows, 1 = exactly on budget. What remains
 * counts the compared windows only, against a period at the post window's request rate.
 */
export function burnOf(slo: Slo, subjects: readonly Subject[], { phases, reading }: BurnContext): Budget | null {
  const sample = sampleOf(slo, subjects, phases);
  const bad = badRatio(slo, sample);
  const pair = bad === null ? null : estimateArms(sample, bad, 'share');
  if (pair === null || !('arms' in pair)) return null;
  const allowed = 1 - slo.objective;
  const [baseline, post] = pair.arms;
  const interval = post.intervalAt(reading.levelFor(CONFIDENCE));
  const after = post.ratio / allowed;
  const remaining = remainingShare(slo, pair, phases);
  return {
    slo: slo.name,
    objective: slo.objective,
    burn: { before: baseline.ratio / allowed, after, low: interval.low / allowed, high: interval.high / allowed },
    remaining,
    exhausted_at: exhaustion(slo, after, remaining, phases),
  };
}

function sampleOf(slo: Slo, subjects: readonly Subject[], phases: Phases): Sample {
  const series = subjects
    .filter(({ measure, service, endpoint, peer }) => {
      if (measure !== REQUESTS || service !== slo.service || peer !== slo.peer) return false;
      return slo.endpoint === null || endpoint === slo.endpoint;
    })
    .flatMap((subject) => subject.series);
  return placeByBlock(series, (_index, block) => phaseOf(phases, block));
}

function badRatio(slo: Slo, sample: Sample): RowRatio | null {
  if (slo.indicator.kind === 'errors') return columnRatio('errors', 'count');
  const histograms = poolHistograms(sample);
  return histograms === null ? null : shareAbove(histograms.layout, slo.indicator.thresholdSeconds);
}

function remainingShare(slo: Slo, { arms, requests }: ArmPair, phases: Phases): number | null {
  if (phases.post === null) return null;
  const bad = arms[0].ratio * requests[0] + arms[1].ratio * requests[1];
  const requestsInPeriod = (requests[1] / (phases.post.endMs - phases.post.startMs)) * slo.periodMs;
  const allowed = (1 - slo.objective) * requestsInPeriod;
  return allowed > 0 ? 1 - bad / allowed : null;
}

/** At the post window's burn; null where the budget outlasts its period. */
function exhaustion(slo: Slo, after: number, remaining: number | null, phases: Phases): string | null {
  if (remaining === null || phases.post === null) return null;
  const leftMs = (Math.max(0, remaining) * slo.periodMs) / after;
  return leftMs <= slo.periodMs ? formatInstant(Math.round((phases.post.endMs + leftMs) / 1000) * 1000) : null;
}

/** The endpoints cells know, so that an SLO that names none of them is noticed. */
export function hasTraffic(slo: Slo, cells: Cells): boolean {
  return cells.series.some(
    ({ key, measure }) =>
      measure === REQUESTS && key.service === slo.service && (slo.endpoint === null || key.endpoint === slo.endpoint),
  );
}

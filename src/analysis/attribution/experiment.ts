import { clusterRatio } from '../../statistics/cluster-ratio.ts';
import { neededGrowth } from '../../statistics/minimum-detectable.ts';
import type { Finding } from '../comparing/comparing.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import { FEWEST_MIXED_BLOCKS } from '../exposure/exposure.ts';
import { NEITHER, type Phases, POST, phaseOf } from '../phases.ts';
import { placeRows } from '../sampling/placing.ts';
import { countByCluster, type RowRatio } from '../sampling/sample.ts';
import { responseWithinStrata } from '../strata/response-within-strata.ts';

/** How much to take a change back on, and for how long, until its part in a move shows. */
export interface Experiment {
  readonly part: ExperimentPart;
  readonly minutes: number;
}

export type ExperimentPart =
  | { readonly kind: 'instances'; readonly count: number; readonly of: number }
  /** Instances are not known: one half of the traffic against the other. */
  | { readonly kind: 'half' }
  /** Nothing can run beside it: all traffic, before against after. */
  | { readonly kind: 'all' };

/** The level and power of the reading, as for every other comparison. */
const RATES = { alpha: (1 - CONFIDENCE) / 2, power: 0.8 };
/** More instances are only asked for where fewer would take longer than this. */
const PATIENCE_MINUTES = 30;
/** The trouble of a single instance could be its own. */
const FEWEST_INSTANCES = 2;
const LONGEST_MINUTES = 7 * 24 * 60;

/**
 * The smallest step after which "it makes all of the move" and "it makes none of it" are told apart: half of the move, of
 * the response that the indicator follows, at the variance that blocks of one instance had in post. Taking instances
 * beside each other in the same blocks, k of n for B blocks, the difference has v·(1/k + 1/(n − k))/B. Null where the
 * indicator has no response, or a week would not be enough.
 */
export function smallestExperiment(finding: Finding, isPartial: boolean, phases: Phases): Experiment | null {
  const response = responseWithinStrata(finding.indicator, finding.design.sample);
  const move = response === null ? Number.NaN : responseMove(finding, response);
  if (response === null || !(move > 0)) return null;
  const instances = isPartial ? instancesIn(finding, phases) : 0;
  if (instances >= 2) return onInstances(finding, response, move, instances, phases);
  const variance = variancePerBlock(finding, response, () => 0, phases);
  if (isPartial && instances === 0) return lasting({ kind: 'half' }, 4 * variance, 0, move, phases);
  const postBlocks = countByCluster(finding.design.sample, response)[POST].denominators.length;
  return lasting({ kind: 'all' }, variance, variance / postBlocks, move, phases);
}

function onInstances(
  finding: Finding,
  response: RowRatio,
  move: number,
  instances: number,
  phases: Phases,
): Experiment | null {
  const numbers = instanceNumbers(finding);
  const variance = variancePerBlock(finding, response, (index) => numbers[index]!, phases);
  const most = Math.floor(instances / 2);
  const least = Math.min(FEWEST_INSTANCES, most);
  for (let count = least; count <= most; count++) {
    const scaled = variance * (1 / count + 1 / (instances - count));
    const experiment = lasting({ kind: 'instances', count, of: instances }, scaled, 0, move, phases);
    if (count === most || (experiment !== null && experiment.minutes <= PATIENCE_MINUTES)) return experiment;
  }
  return null;
}

/** `perBlock`: variance after one block; `fixed`: what no length of the step takes away. */
function lasting(
  part: ExperimentPart,
  perBlock: number,
  fixed: number,
  move: number,
  { resolutionMs }: Phases,
): Experiment | null {
  const blocks = Math.max(FEWEST_MIXED_BLOCKS, Math.ceil(neededGrowth(fixed, perBlock, move / 2, RATES)));
  const minutes = Math.max(1, Math.ceil((blocks * resolutionMs) / 60_000));
  return minutes <= LONGEST_MINUTES ? { part, minutes } : null;
}

function responseMove({ design: { sample } }: Finding, response: RowRatio): number {
  const [baseline, post] = countByCluster(sample, response).map(
    ({ numerators, denominators }) => clusterRatio(numerators, denominators).ratio,
  ) as [number, number];
  return Math.abs(post - baseline);
}

/** Of the response in one block of post, of one group of series. */
function variancePerBlock(
  { subject }: Finding,
  response: RowRatio,
  groupOf: (series: number) => number,
  phases: Phases,
): number {
  const groups = 1 + Math.max(0, ...subject.series.map((_, index) => groupOf(index)));
  const sample = placeRows(
    subject.series,
    (_index, block) => (phaseOf(phases, block) === POST ? POST : NEITHER),
    (index, block) => block * groups + groupOf(index),
    false,
  );
  const { numerators, denominators } = countByCluster(sample, response)[POST];
  const { variance, clusters } = clusterRatio(numerators, denominators);
  return variance * clusters;
}

/** Known instances that carried this traffic in post; 0 where one is not known. */
function instancesIn({ subject }: Finding, phases: Phases): number {
  const names = new Set<string>();
  for (const { key, block } of subject.series) {
    if (!block.some((one) => phaseOf(phases, one) === POST)) continue;
    if (key.instance === null) return 0;
    names.add(key.instance);
  }
  return names.size;
}

function instanceNumbers({ subject }: Finding): number[] {
  const numbers = new Map<string, number>();
  return subject.series.map(({ key }) => {
    const name = key.instance ?? '';
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  });
}

import type { BucketLayout, CellSeries } from '../../domain/cells.ts';
import { counted, formatPercent } from '../../domain/numbers.ts';
import { describeQuality, type QualityFinding } from '../../domain/quality.ts';
import { formatQuantity } from '../../domain/quantities.ts';
import type { Slo } from '../../domain/slo.ts';
import { bucketLowerEdge, bucketOf, bucketUpperEdge, totalCount } from '../../statistics/bucket-distribution.ts';
import type { Finding } from '../comparing/comparing.ts';
import { placed } from '../comparison-name.ts';
import { slosOf } from '../endpoint-slos.ts';
import { SATURATED } from '../estimating/quantile-estimate.ts';
import { BASELINE, NEITHER, type Phases, POST, phaseOf } from '../phases.ts';
import { addBuckets } from '../sampling/histogram-sample.ts';
import { type JointLayout, jointLayout } from '../sampling/joint-layout.ts';
import type { Subject } from '../subjects.ts';

/** What bucket bounds keep from being told, each kind once, with its first place and its numbers. */
export function bucketFindings(
  subjects: readonly Subject[],
  findings: readonly Finding[],
  slos: readonly Slo[],
  phases: Phases,
): QualityFinding[] {
  return [
    ...boundsChanged(subjects, phases),
    ...saturatedQuantiles(findings),
    ...thresholdsInsideBuckets(subjects, slos, phases),
  ];
}

function boundsChanged(subjects: readonly Subject[], phases: Phases): QualityFinding[] {
  const changed = subjects.flatMap((subject) => {
    const [before, after] = [boundsIn(subject.series, phases, BASELINE), boundsIn(subject.series, phases, POST)];
    const all = new Map([...before, ...after]);
    if (before.size === 0 || after.size === 0 || all.size < 2) return [];
    const shared = [...all.values()].reduce((kept, bounds) => kept.filter((bound) => bounds.includes(bound)));
    const count = (layouts: ReadonlyMap<string, Float64Array>): string =>
      [...new Set([...layouts.values()].map(({ length }) => length))].sort((a, b) => a - b).join(' and ');
    const numbers = `${count(before)} bounds before, ${count(after)} after, ${shared.length} shared`;
    return [{ place: placed(subject), numbers }];
  });
  if (changed.length === 0) return [];
  const { place, numbers } = changed[0]!;
  return [describeQuality('bounds-changed', `${counted(changed.length, 'series')}; first ${place}: ${numbers}`, place)];
}

/** Explicit bounds of the rows of a phase, each once. */
function boundsIn(series: readonly CellSeries[], phases: Phases, phase: 0 | 1): Map<string, Float64Array> {
  const found = new Map<string, Float64Array>();
  for (const { block, histogram } of series) {
    if (histogram === null) continue;
    const used = new Set<BucketLayout | undefined>();
    for (let row = 0; row < block.length; row++) {
      if (phaseOf(phases, block[row]!) === phase) used.add(histogram.layouts[histogram.layoutOfRow[row]!]);
    }
    for (const layout of used) if (layout?.kind === 'explicit') found.set(layout.bounds.join(), layout.bounds);
  }
  return found;
}

function saturatedQuantiles(findings: readonly Finding[]): QualityFinding[] {
  const saturated = findings.map(({ comparison }) => comparison).filter(({ notes }) => notes.includes(SATURATED));
  const first = saturated[0];
  if (first === undefined) return [];
  const place = `${placed(first)} ${first.indicator}`;
  const least = formatQuantity(Math.max(first.baseline ?? 0, first.post ?? 0), first);
  const detail = `${counted(saturated.length, 'comparison')}; first ${place}: at least ${least}`;
  return [describeQuality('saturated-quantile', detail, place)];
}

function thresholdsInsideBuckets(subjects: readonly Subject[], slos: readonly Slo[], phases: Phases): QualityFinding[] {
  const inside = new Map<string, string>();
  for (const subject of subjects) {
    const layout = jointLayout(subject.series);
    if (layout === null || layout.interpolation !== 'linear') continue;
    for (const slo of slosOf(subject, slos)) {
      if (slo.indicator.kind !== 'latency' || layout.bounds.includes(slo.indicator.thresholdSeconds)) continue;
      if (!inside.has(slo.name))
        inside.set(slo.name, bucketWords(subject, layout, slo.indicator.thresholdSeconds, phases));
    }
  }
  const first = [...inside][0];
  if (first === undefined) return [];
  const [name, words] = first;
  return [
    describeQuality('slo-threshold-between-bounds', `${counted(inside.size, 'SLO')}; first ${name}: ${words}`, name),
  ];
}

/** Where the threshold lies, and what share of the requests it therefore cannot sort exactly. */
function bucketWords({ series }: Subject, layout: JointLayout, threshold: number, phases: Phases): string {
  const counts = new Float64Array(layout.bounds.length + 1);
  for (const one of series) {
    for (let row = 0; row < one.block.length; row++) {
      if (phaseOf(phases, one.block[row]!) !== NEITHER) addBuckets(one, row, layout, counts);
    }
  }
  const index = bucketOf(layout.bounds, threshold);
  const seconds = (value: number): string => formatQuantity(value, { indicator: 'threshold', unit: 's' });
  const [low, high] = [bucketLowerEdge(layout.bounds, index), bucketUpperEdge(layout.bounds, index)];
  const edges = Number.isFinite(high)
    ? `between ${seconds(low)} and ${seconds(high)}`
    : `above the last bound of ${seconds(low)}`;
  return `${seconds(threshold)} lies ${edges}, with ${formatPercent(counts[index]! / totalCount(counts))} of the requests`;
}

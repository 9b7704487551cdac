import type { Interpolation } from '../../src/statistics/bucket-distribution.ts';
import { exponentialUpperBound } from '../../src/statistics/exponential-mapping.ts';
import {
  addHistograms,
  type Expectation,
  labelsOf,
  type NativeHistogram,
  numberOf,
  type Sample,
  type Series,
  secondsOf,
} from './promql-script.ts';

/** A histogram as the product holds it, or why it cannot. */
export interface Histogram {
  readonly labels: ReadonlyMap<string, string>;
  readonly bounds: Float64Array;
  readonly counts: Float64Array;
  readonly interpolation: Interpolation;
  readonly unlike: string | null;
}

/** Arguments of `histogram_quantile`, `histogram_quantiles` and `histogram_fraction`, and the vector they are taken of. */
export interface Call {
  readonly name: string;
  readonly numbers: readonly number[];
  readonly vector: string;
}

export function callOf(expression: string): Call | null {
  const one = expression.match(
    /^(histogram_quantile|histogram_fraction)\(\s*([^,]+),\s*(?:([-+\w./]+),\s*)?([a-z].*)\)$/,
  );
  if (one !== null) {
    const [, name, first, second, vector] = one;
    const numbers = [first!, second].filter((text) => text !== undefined).map((text) => numberOf(text.trim()));
    return { name: name!, numbers, vector: vector! };
  }
  const many = expression.match(/^(histogram_quantiles)\((.*), "q", ([^"]*)\)$/);
  if (many === null) return null;
  return { name: many[1]!, numbers: many[3]!.split(',').map((text) => numberOf(text.trim())), vector: many[2]! };
}

interface Point {
  readonly labels: ReadonlyMap<string, string>;
  readonly sample: Exclude<Sample, null>;
}

function pointAt(series: Series, atSeconds: number, rangeSeconds: number | null): Sample {
  const last = Math.min(series.samples.length - 1, Math.floor(atSeconds / series.stepSeconds));
  const current = series.samples[last] ?? null;
  if (rangeSeconds === null || current === null) return current;
  // Both samples of a range are as far apart for all series of a query: a rate is their difference up to one factor.
  const first = Math.max(0, Math.floor((atSeconds - rangeSeconds) / series.stepSeconds) + 1);
  const earlier = series.samples[first] ?? null;
  if (earlier === null || typeof earlier !== typeof current) return null;
  if (typeof current === 'number') return current - (earlier as number);
  return addHistograms(current, earlier as NativeHistogram, -1);
}

function sumOf(points: readonly Point[], by: readonly string[]): Point[] {
  const groups = new Map<string, Point>();
  for (const { labels, sample } of points) {
    const kept = new Map(by.filter((label) => labels.has(label)).map((label) => [label, labels.get(label)!]));
    const key = JSON.stringify([...kept]);
    const sum = groups.get(key);
    if (sum === undefined) groups.set(key, { labels: kept, sample });
    else if (typeof sample === 'number') groups.set(key, { labels: kept, sample: (sum.sample as number) + sample });
    else groups.set(key, { labels: kept, sample: addHistograms(sum.sample as NativeHistogram, sample) });
  }
  return [...groups.values()];
}

/** Points of `name{…}`, `rate(name[5m])`, and `sum` or `avg` of either; averaging moves no quantile. Null: not that. */
function pointsOf(vector: string, expectation: Expectation): Point[] | null {
  const aggregation =
    vector.match(/^(?:sum|avg)\s*\((?<of>.*)\)\s*by\s*\((?<by>[^()]*)\)$/) ??
    vector.match(/^(?:sum|avg)\s*(?:by\s*\((?<by>[^()]*)\)\s*)?\((?<of>.*)\)$/);
  if (aggregation !== null) {
    const inner = pointsOf(aggregation.groups!.of!.trim(), expectation);
    const by = (aggregation.groups!.by ?? '').split(',').map((label) => label.trim());
    return inner && sumOf(inner, by);
  }
  const selector = vector.match(/^(?:rate\()?([a-z_]\w*)(\{[^}]*\})?(?:\[(\w+)\]\))?$/i);
  if (selector === null || vector.startsWith('rate(') !== (selector[3] !== undefined)) return null;
  const wanted = labelsOf(selector[2] ?? '');
  const range = selector[3] === undefined ? null : secondsOf(selector[3]);
  const points: Point[] = [];
  for (const series of expectation.series) {
    if (series.name !== selector[1]) continue;
    if ([...wanted].some(([label, value]) => series.labels.get(label) !== value)) continue;
    const sample = pointAt(series, expectation.atSeconds, range);
    if (sample !== null) points.push({ labels: series.labels, sample });
  }
  return points;
}

function withoutBound(labels: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...labels].filter(([label]) => label !== 'le'));
}

/** Cumulative counts by bound: equal bounds are added up, a count below its predecessor is raised to it. */
function classicHistograms(points: readonly Point[]): Histogram[] {
  const groups = new Map<string, { labels: Map<string, string>; cumulative: Map<number, number> }>();
  for (const { labels, sample } of points) {
    if (typeof sample !== 'number') continue;
    const bound = numberOf(labels.get('le') ?? '');
    if (Number.isNaN(bound) || !labels.has('le')) continue;
    const rest = withoutBound(labels);
    const key = JSON.stringify([...rest].sort());
    const group = groups.get(key) ?? { labels: rest, cumulative: new Map() };
    group.cumulative.set(bound, (group.cumulative.get(bound) ?? 0) + sample);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ labels, cumulative }) => {
    const bounds = [...cumulative.keys()].sort((a, b) => a - b);
    let below = 0;
    const counts = bounds.map((bound) => {
      const upTo = Math.max(below, cumulative.get(bound)!);
      const count = upTo - below;
      below = upTo;
      return count;
    });
    const finite = Float64Array.from(bounds.slice(0, -1));
    const unlike = bounds.at(-1) === Number.POSITIVE_INFINITY ? null : 'no +Inf bucket';
    return { labels, bounds: finite, counts: Float64Array.from(counts), interpolation: 'linear', unlike };
  });
}

function nativeHistogram({ labels, sample }: Point): Histogram {
  const histogram = sample as NativeHistogram;
  const observed = [...histogram.positive, ...histogram.negative].reduce(
    (sum, count) => sum + count,
    histogram.zeroCount,
  );
  const isCustom = histogram.schema === -53;
  const hasPositive = histogram.positive.some((count) => count > 0);
  let unlike: string | null = null;
  if (histogram.negative.some((count) => count > 0)) unlike = 'observations below zero';
  else if (Math.abs(observed - histogram.count) > 1e-9 * Math.max(1, observed)) unlike = 'observations that are NaN';
  else if (!isCustom && !hasPositive && histogram.zeroCount > 0) unlike = 'nothing outside the zero bucket';
  if (isCustom) {
    const counts = Float64Array.from({ length: histogram.bounds.length + 1 }, (_, i) => histogram.positive[i] ?? 0);
    return { labels, bounds: Float64Array.from(histogram.bounds), counts, interpolation: 'linear', unlike };
  }
  // Prometheus numbers a bucket by its upper bound, base^index; OpenTelemetry by its lower one.
  const edges = histogram.positive.map((_, i) => exponentialUpperBound(histogram.offset + i - 1, histogram.schema));
  const start = exponentialUpperBound(histogram.offset - 2, histogram.schema);
  const zero = histogram.zeroCount > 0 ? [Math.min(histogram.zeroThreshold, start)] : [];
  return {
    labels,
    bounds: Float64Array.from([...zero, start, ...edges]),
    counts: Float64Array.from([...(zero.length > 0 ? [histogram.zeroCount] : []), 0, ...histogram.positive, 0]),
    interpolation: 'logarithmic',
    unlike,
  };
}

/** Histograms a vector expression stands for; null where the expression is none of those understood here. */
export function histogramsOf(vector: string, expectation: Expectation): Histogram[] | null {
  const points = pointsOf(vector, expectation);
  if (points === null) return null;
  if (points.some(({ sample }) => typeof sample !== 'number'))
    return points.filter(({ sample }) => typeof sample !== 'number').map(nativeHistogram);
  if (points.length > 0) return classicHistograms(points);
  // `load_with_nhcb` also loads a classic histogram as a native one with the same bounds, named without the suffix.
  const twin = vector.replace(/^((?:.*\()?)([a-z_]\w*)/i, '$1$2_bucket').replace(/\)\)$/, ')) by (le)');
  const classic = pointsOf(
    vector.startsWith('sum') || vector.startsWith('avg') ? withBound(vector) : twin,
    expectation,
  );
  return classic && classicHistograms(classic);
}

/** The same aggregation of the classic twin, which also has to keep its bounds. */
function withBound(vector: string): string {
  const suffixed = vector.replace(/([a-z_]\w*)(\{[^}]*\})?\[/i, '$1_bucket$2[');
  return / by \(/.test(suffixed) ? suffixed.replace(/ by \(/, ' by (le, ') : `${suffixed} by (le)`;
}

/** MetricMetadata.MetricType and Metadata.MetricType: the same numbers in both versions. */
export const METRIC_TYPE = {
  unknown: 0,
  counter: 1,
  gauge: 2,
  histogram: 3,
  gaugeHistogram: 4,
  summary: 5,
  info: 6,
  stateset: 7,
} as const;

/** What counts up, by how its name ends (OpenMetrics 1.0, suffixes of counters, histograms and summaries). */
const COUNTER = /_(total|count|sum|bucket)$/;
/** The series of a distribution that count up. */
const DISTRIBUTION = /_(count|sum|bucket)$/;
const CREATED = /_created$/;
const SUFFIX = /_(total|count|sum|bucket|created|gcount|gsum)$/;

/** Whether a series of numbers is a counter: its metric's type says so, or else its name. */
export function isCounter(metric: string, type: number): boolean {
  switch (type) {
    case METRIC_TYPE.unknown:
      return COUNTER.test(metric);
    case METRIC_TYPE.counter:
      return !CREATED.test(metric);
    case METRIC_TYPE.histogram:
    case METRIC_TYPE.summary:
      return DISTRIBUTION.test(metric);
    default:
      return false;
  }
}

/** The family a series may belong to besides the one that has its own name. */
export function familyOf(metric: string): string {
  return metric.replace(SUFFIX, '');
}

export type Severity = 'info' | 'warning' | 'error';

/** Every data-quality finding the report can name, with its severity and the sentence that explains it. */
export const QUALITY_CODES = {
  'truncated-file': { severity: 'error', says: 'a file ends in the middle; what came before was used' },
  'unreadable-file': { severity: 'error', says: 'a file could not be read' },
  'not-json': { severity: 'error', says: 'lines are not JSON and were left out' },
  'unknown-signal': { severity: 'error', says: 'lines are JSON but not OTLP metrics, traces or logs' },
  'not-exposition': {
    severity: 'error',
    says: 'lines are neither OpenMetrics nor the text format of Prometheus and were left out',
  },
  'bad-point': { severity: 'error', says: 'points break the data model and were left out' },
  'bad-span': { severity: 'error', says: 'spans break the data model and were left out' },
  'not-finite': { severity: 'warning', says: 'values are NaN or infinite and were left out' },
  'partly-not-finite': {
    severity: 'info',
    says: 'sums or quantiles are NaN or infinite and were left out; the rest of their points was used',
  },
  'negative-count': { severity: 'error', says: 'counts below zero were left out' },
  'negative-observation': { severity: 'warning', says: 'observations below zero were counted as zero' },
  'bucket-mismatch': { severity: 'error', says: 'bucket counts do not match bounds or total and were left out' },
  'unspecified-temporality': { severity: 'error', says: 'points without temporality were left out' },
  'missing-time': { severity: 'error', says: 'points without a time were left out' },
  'no-recorded-value': { severity: 'info', says: 'streams were marked stale' },
  'source-warning': { severity: 'warning', says: 'a server warned about its answers; data may be missing' },
  'duplicate-point': { severity: 'info', says: 'points came twice and were counted once' },
  'overlapping-points': {
    severity: 'warning',
    says: 'points of one stream overlap in time; two processes may share one identity (service.instance.id missing?)',
  },
  'counter-reset': { severity: 'info', says: 'counters started again' },
  'delta-gap': { severity: 'info', says: 'delta streams have gaps' },
  'unit-mismatch': { severity: 'warning', says: 'values do not look like the unit they claim' },
  'unknown-unit': { severity: 'warning', says: 'durations carry a unit that is not known; seconds were assumed' },
  'bounds-changed': { severity: 'warning', says: 'bucket bounds changed; compared on the bounds both sides share' },
  'layouts-differ': {
    severity: 'warning',
    says: 'histograms of two kinds cannot be compared; the larger kind was used',
  },
  'no-buckets': { severity: 'warning', says: 'histograms without buckets: no tail can be read off them' },
  'saturated-quantile': { severity: 'warning', says: 'a quantile lies beyond the last bucket bound' },
  'series-overflow': { severity: 'warning', says: 'the SDK ran into its cardinality limit; endpoints are missing' },
  'mixed-conventions': {
    severity: 'warning',
    says: 'old and new semantic conventions are both present; old ones left out while they are',
  },
  'synthetic-traffic': { severity: 'info', says: 'synthetic traffic was left out' },
  'sampled-spans': { severity: 'warning', says: 'spans cover only part of the requests metrics counted' },
  'orphan-spans': { severity: 'info', says: 'spans have no parent in the data' },
  'retries-unavailable': {
    severity: 'info',
    says: 'retries cannot be seen: only spans or a named series would show them',
  },
  'time-out-of-range': { severity: 'error', says: 'points lie too far in the future or the past and were left out' },
  'series-limit': { severity: 'error', says: 'the limit of series is reached; points of new ones were left out' },
  'label-limit': { severity: 'error', says: 'streams and spans with too many or too long attributes were left out' },
  'values-cut': { severity: 'warning', says: 'values of attributes are too long and were cut' },
  'missing-instance': { severity: 'warning', says: 'streams have no service.instance.id' },
  'one-instance': { severity: 'warning', says: 'one instance only: host and change cannot be told apart' },
  'one-sided-endpoint': { severity: 'warning', says: 'endpoints exist on one side of the upgrade only' },
  'empty-window': { severity: 'error', says: 'a window holds no data' },
  'no-data': { severity: 'error', says: 'no telemetry was found' },
  'windows-reversed': { severity: 'warning', says: 'the post window lies before the baseline' },
  'indicator-without-data': { severity: 'warning', says: 'an indicator names a metric that has no data' },
  'stratum-without-data': {
    severity: 'warning',
    says: 'no traffic carries an attribute that strata name; kinds of traffic are not told apart by it',
  },
  'change-without-traffic': { severity: 'warning', says: 'a change that no traffic met' },
  'change-not-visible': {
    severity: 'info',
    says: 'nothing in the telemetry tells who met a change; compared by time alone',
  },
  'announced-elsewhere': {
    severity: 'info',
    says: 'changes were announced that nothing compared here could have met; they were left out',
  },
  'change-read-as-seen': {
    severity: 'warning',
    says: 'no traffic met a change as it is stated; it was read as the change that the telemetry shows in its place',
  },
  'change-seen-at-another-time': {
    severity: 'warning',
    says: 'traffic met a change at another time than is stated; is it the time zone, or a clock?',
  },
  'uneven-split': {
    severity: 'warning',
    says: 'a change that splits requests met unequal shares of them; its arms may differ in more than the change',
  },
  'unlike-arms': {
    severity: 'warning',
    says: 'those who were to meet a change were unlike the others before it; it is judged by how both moved',
  },
  'arms-before-unseen': {
    severity: 'info',
    says: 'nothing shows before a change who was to meet it; its arms are taken to have been alike',
  },
  'unlisted-change': { severity: 'warning', says: 'the telemetry shows changes that the document does not list' },
  'unknown-service': { severity: 'warning', says: 'the document names a service that no telemetry knows' },
  'slo-without-data': { severity: 'warning', says: 'an SLO names an endpoint that has no data' },
  'slo-threshold-between-bounds': {
    severity: 'warning',
    says: 'an SLO threshold lies inside a bucket; the share above it is interpolated',
  },
  'slo-not-bound': { severity: 'warning', says: 'an SLO measures something this report cannot read' },
  'traffic-shift': { severity: 'info', says: 'request rates moved between the windows' },
} as const satisfies Record<string, { severity: Severity; says: string }>;

export type QualityCode = keyof typeof QUALITY_CODES;

/** One line of the report's `quality`. */
export interface QualityFinding {
  readonly code: QualityCode;
  readonly severity: Severity;
  readonly message: string;
  readonly where: string;
}

/** A finding in words: what the code says, with the detail in brackets. */
export function describeQuality(code: QualityCode, detail: string, where: string): QualityFinding {
  const { severity, says } = QUALITY_CODES[code];
  return { code, severity, message: detail === '' ? says : `${says} (${detail})`, where };
}

import { z } from 'zod';
import type { ChangeKinds } from './change-kinds.ts';
import {
  addFault,
  anyText,
  choice,
  duration,
  exactly,
  fromPercent,
  instant,
  listOf,
  mapping,
  parseNumber,
  readAs,
  text,
} from './document-fields.ts';
import { quoted } from './document-problem.ts';
import { COMPARISON_METHODS } from './report.ts';
import type { Change, Margins, NamedIndicator, TelemetrySource } from './upgrade.ts';
import type { Window } from './window.ts';
import { formatInstant } from './window.ts';

export const DEFAULT_MARGINS: Margins = { latency: 0.05, errorRatio: 0.1, retryRatio: 0.1 };
export const DEFAULT_RESOLUTION_MS = 60_000;
export const DEFAULT_QUANTILES: readonly number[] = [0.5, 0.9, 0.99];

const EXAMPLE_WINDOW = '{ start: 2026-11-20T02:00:00Z, end: 2026-11-20T03:00:00Z }';
/** Runs the check of a mapping even where single values have faults, so that all are told at once. */
const EVEN_IF_FAULTY = {
  when: ({ value }: { value: unknown }) => typeof value === 'object' && value !== null,
};

export const windowField: z.ZodType<Window> = mapping({ start: instant, end: instant })
  .superRefine(({ start, end }, context) => {
    if (start < end) return;
    const [startText, endText] = [formatInstant(start), formatInstant(end)];
    const message =
      start === end ? `starts and ends at ${startText}` : `starts at ${startText}, after its end ${endText}`;
    addFault(context, message, start === end ? 'make the end later' : 'exchange start and end');
  })
  .transform(({ start, end }) => ({ startMs: start, endMs: end }));

const windowList = listOf(windowField, `- ${EXAMPLE_WINDOW}`);

/** One window or a list of them. */
export const windowsField: z.ZodType<Window[]> = z.unknown().transform((value, context): Window[] => {
  const result = Array.isArray(value) ? windowList.safeParse(value) : windowField.safeParse(value);
  if (result.success) return Array.isArray(result.data) ? result.data : [result.data];
  for (const issue of result.error.issues) context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
  return z.NEVER;
});

/** `10%`, or 0.1; what all traffic met, or none, is no split. */
const splitShare = readAs('a share between 0 and 1', '10% or 0.1', (value) => {
  const share = shareOf(value);
  return share !== null && share > 0 && share < 1 ? share : null;
});

const exposureField = mapping({
  attribute: text('service.version').nullish(),
  value: anyText('"4.2.0"').nullish(),
  share: splitShare.nullish(),
}).superRefine(({ attribute, value, share }, context) => {
  if (attribute == null && value == null && share != null) return;
  if (attribute == null) addFault(context, 'is missing', 'write e.g. service.version', ['attribute']);
  if (value == null) addFault(context, 'is missing', 'write e.g. "4.2.0"', ['value']);
}, EVEN_IF_FAULTY);

/** One entry of `spec.changes`. */
export function changeField(kinds: ChangeKinds): z.ZodType<Change> {
  return mapping({
    id: text('backoff.v2'),
    kind: choice('kind', Object.keys(kinds)),
    service: text('gateway').nullish(),
    peer: text('payments.example.com').nullish(),
    flag: text('backoff.v2').nullish(),
    key: text('dten.hybrid.enable').nullish(),
    from: anyText('"4.1.9"').nullish(),
    to: anyText('"4.2.0"').nullish(),
    at: instant.nullish(),
    exposure: exposureField.nullish(),
  })
    .superRefine((change, context) => {
      if (typeof change.kind !== 'string' || !Object.hasOwn(kinds, change.kind)) return;
      for (const field of kinds[change.kind]!.needs) {
        const excused = field === 'to' && change.exposure?.attribute != null;
        if (change[field] != null || excused) continue;
        addFault(context, `is missing: a change of kind ${change.kind} needs it`, `add ${field}: …`, [field]);
      }
    }, EVEN_IF_FAULTY)
    .transform(({ exposure, ...change }) => ({
      id: change.id,
      kind: change.kind,
      service: change.service ?? null,
      peer: change.peer ?? null,
      subject: (kinds[change.kind]?.subject === 'key' ? change.key : (change.flag ?? change.key)) ?? null,
      from: change.from ?? null,
      to: change.to ?? null,
      atMs: change.at ?? null,
      exposure:
        exposure?.attribute == null || exposure.value == null
          ? null
          : { attribute: exposure.attribute, value: exposure.value },
      ...(exposure?.share == null ? {} : { intendedShare: exposure.share }),
    }));
}

const quantile = readAs('a quantile between 0 and 1', '0.99', (value) => {
  const number = parseNumber(value);
  return number !== null && number > 0 && number < 1 ? number : null;
});

const quantiles = listOf(quantile, '[0.5, 0.99]').superRefine((values, context) => {
  if (values.length === 0) addFault(context, 'names no quantile', 'write e.g. [0.5, 0.99], or leave it out');
  values.forEach((value, index) => {
    if (values.indexOf(value) < index) addFault(context, `names ${value} twice`, 'keep one of the two', [index]);
  });
});

const indicatorField: z.ZodType<NamedIndicator> = mapping({
  name: text('checkout_time'),
  metric: text('checkout.duration'),
  kind: choice('kind', ['gauge', 'ratio', 'histogram']),
  better: choice('direction', ['lower', 'higher', 'either']),
  unit: anyText('s').nullish(),
  denominator: text('rpc.client.calls').nullish(),
  quantiles: quantiles.nullish(),
})
  .superRefine(({ kind, denominator, quantiles: stated }, context) => {
    if (kind === 'ratio' && denominator == null) {
      const message = 'is missing: an indicator of kind ratio needs it';
      addFault(context, message, 'add denominator: with the metric counted below the line', ['denominator']);
    }
    const known = kind === 'gauge' || kind === 'ratio' || kind === 'histogram';
    if (known && kind !== 'ratio' && denominator != null) {
      addFault(context, `does not belong to an indicator of kind ${kind}`, 'leave it out, or write kind: ratio', [
        'denominator',
      ]);
    }
    if (known && kind !== 'histogram' && stated != null) {
      addFault(context, `do not belong to an indicator of kind ${kind}`, 'leave them out, or write kind: histogram', [
        'quantiles',
      ]);
    }
  }, EVEN_IF_FAULTY)
  .transform((indicator) => ({
    name: indicator.name,
    metric: indicator.metric,
    kind: indicator.kind,
    better: indicator.better,
    unit: indicator.unit ?? (indicator.kind === 'ratio' ? '1' : ''),
    denominator: indicator.denominator ?? null,
    quantiles: indicator.quantiles ?? (indicator.kind === 'histogram' ? DEFAULT_QUANTILES : []),
  }));

const telemetryField: z.ZodType<TelemetrySource> = mapping({
  otlp: text('"telemetry/*.jsonl.gz"').nullish(),
  prometheus: text('"http://127.0.0.1:9090"').nullish(),
  openmetrics: text('"before.txt"').nullish(),
})
  .superRefine((source, context) => {
    const stated = Object.values(source).filter((value) => value != null);
    if (stated.length !== 1) {
      const message = `names ${stated.length === 0 ? 'no source' : `${stated.length} sources`} in one entry`;
      addFault(context, message, 'write exactly one of otlp, prometheus, openmetrics; an entry for each source');
    }
    if (source.prometheus != null && !isHttpUrl(source.prometheus)) {
      addFault(context, `${quoted(source.prometheus)} is not an http URL`, 'write e.g. "http://127.0.0.1:9090"', [
        'prometheus',
      ]);
    }
  })
  .transform(({ otlp, prometheus, openmetrics }): TelemetrySource => {
    if (otlp != null) return { kind: 'otlp', pattern: otlp };
    if (prometheus != null) return { kind: 'prometheus', url: prometheus };
    return { kind: 'openmetrics', pattern: openmetrics ?? '' };
  });

function isHttpUrl(value: string): boolean {
  return /^https?:\/\//i.test(value) && URL.canParse(value);
}

const serviceName = text('gateway');

const dependencyField: z.ZodType<readonly [string, string]> = listOf(serviceName, '[gateway, orders]').transform(
  (names, context): readonly [string, string] => {
    const [caller, callee] = names;
    if (names.length === 2 && caller !== undefined && callee !== undefined) return [caller, callee];
    addFault(context, `must hold two names, not ${names.length}`, 'write a pair of service names: [caller, callee]');
    return z.NEVER;
  },
);

/** `5%`, or 0.05. A plain number of 1 and more is refused: it may be meant as per cent. */
function shareOf(value: string): number | null {
  const percent = value.endsWith('%');
  const number = parseNumber(percent ? value.slice(0, -1).trim() : value);
  if (number === null || number < 0 || !Number.isFinite(number)) return null;
  return percent ? fromPercent(number) : number < 1 ? number : null;
}

const margin = readAs('a margin', '5% or 0.05', shareOf);

const marginsField: z.ZodType<Margins> = mapping({
  latency: margin.nullish(),
  error_ratio: margin.nullish(),
  retry_ratio: margin.nullish(),
}).transform((stated) => ({
  latency: stated.latency ?? DEFAULT_MARGINS.latency,
  errorRatio: stated.error_ratio ?? DEFAULT_MARGINS.errorRatio,
  retryRatio: stated.retry_ratio ?? DEFAULT_MARGINS.retryRatio,
}));

/** What tells old from new, one host from another, or good from bad: holding it equal would leave nothing to compare. */
const NEVER_STRATA: ReadonlyMap<string, string> = new Map([
  ['service.version', 'is what an upgrade changes'],
  ['service.instance.id', 'names one instance'],
  ['error.type', 'is how a request ended'],
  ['http.response.status_code', 'is how a request ended'],
  ['rpc.grpc.status_code', 'is how a request ended'],
]);

const strataField = listOf(text('client.type'), '[client.type, cloud.region]').superRefine((names, context) => {
  names.forEach((name, index) => {
    const reason = NEVER_STRATA.get(name);
    if (reason !== undefined) {
      const remedy = 'name attributes of the traffic itself, e.g. client.type';
      addFault(context, `${quoted(name)} ${reason}, not a kind of traffic`, remedy, [index]);
    }
    if (names.indexOf(name) < index) addFault(context, `names ${quoted(name)} twice`, 'keep one of the two', [index]);
  });
});

/** Block numbers count from the epoch in 32 bits, which blocks shorter than a second overflow. */
const resolutionField = duration.superRefine((resolutionMs, context) => {
  if (resolutionMs >= 1000 && resolutionMs <= 86_400_000) return;
  addFault(context, 'is not between 1s and 1d', 'write e.g. 60s');
});

/** The upgrade document with its keys as written and its values decoded. */
export function upgradeSchema(kinds: ChangeKinds) {
  return mapping({
    apiVersion: exactly('postflight/v1'),
    kind: exactly('Upgrade'),
    metadata: mapping({ name: text('dten-4.2.0') }),
    spec: mapping({
      window: windowField.nullish(),
      baseline: windowsField.nullish(),
      post: windowField.nullish(),
      changes: listOf(changeField(kinds), '- { id: backoff.v2, kind: flag, flag: backoff.v2 }').nullish(),
      telemetry: listOf(telemetryField, '- { otlp: "telemetry/*.jsonl.gz" }').nullish(),
      indicators: listOf(indicatorField, '[]').nullish(),
      dependencies: listOf(dependencyField, '- [gateway, orders]').nullish(),
      slos: listOf(text('slo.yaml'), '[slo.yaml]').nullish(),
      resolution: resolutionField.nullish(),
      margins: marginsField.nullish(),
      strata: strataField.nullish(),
      method: choice('method', COMPARISON_METHODS).nullish(),
    }),
  });
}

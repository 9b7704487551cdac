import { z } from 'zod';
import { valueAt } from './document-fields.ts';
import { formatPath, quoted } from './document-problem.ts';
import { AppError } from './error.ts';
import type { QualityCode } from './quality.ts';
import { COMPARISON_METHODS, type Report } from './report.ts';

const SCHEMA = 'postflight/report/v1';
const MADE_BY = 'write one with: postflight analyze upgrade.yaml -o json';

/*
 * JSON has no NaN and no infinities, so a report writes null for them: at the low end of an interval it was one, at the
 * high end the other, elsewhere no number at all. Keys that are not known are left out: the contract grows by additions.
 */
const number = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
const lowEnd = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NEGATIVE_INFINITY);
const highEnd = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.POSITIVE_INFINITY);
const numberOrNull = z.number().nullable();
const text = z.string();
const textOrNull = z.string().nullable();
const pair = z.tuple([number, number]);

/** Null, or a key an older report does not have yet. */
function orNull<Field extends z.ZodType>(field: Field) {
  return field.nullish().transform((value) => value ?? null);
}

const effect = z.object({
  kind: z.enum(['relative', 'absolute']),
  estimate: number,
  low: lowEnd,
  high: highEnd,
  margin: number,
});

const arm = z.object({
  value: number,
  low: lowEnd,
  high: highEnd,
  clusters: number,
  requests: number,
  design_effect: numberOrNull,
});

const working = z.object({
  confidence: number,
  baseline: arm,
  post: arm,
  calibration: z
    .object({
      windows: number,
      inflation: number,
      false_alarms_before: number,
      false_alarms_after: number,
      as_far: orNull(z.number()),
    })
    .nullable(),
  smallest_visible: numberOrNull,
});

const mix = z.object({
  by: z.array(text),
  strata: number,
  total: number,
  within: number,
  mix: number,
  new_or_vanished: number,
  vanished_share: number,
  new_share: number,
});

const share = z.object({ estimate: number, low: lowEnd, high: highEnd });

const slice = z.object({
  attribute: text,
  value: text,
  traffic: number,
  baseline: numberOrNull,
  post: numberOrNull,
  effect: effect.nullable(),
  q: number,
  explains: number,
});

const sliceValue = slice.pick({ attribute: true, value: true });

const sliceSearch = z.object({
  values_tested: number,
  pairs_tested: number,
  pairs: z.array(
    z.object({
      values: z.tuple([sliceValue, sliceValue]),
      ...slice.omit({ attribute: true, value: true }).shape,
    }),
  ),
  alike: z.object({ values: number, attributes: z.array(text), untold: number, smallest_visible: number }).nullable(),
});

const shares = z.object({
  parts: z.array(z.object({ change: text, ...share.shape })),
  mix: orNull(share),
  unexplained: share,
  additive: z.boolean(),
  left_out: number,
});

const onset = z.object({ at: text, low: text, high: text });

const comparison = z.object({
  service: text,
  endpoint: textOrNull,
  peer: textOrNull,
  indicator: text,
  unit: text,
  better: z.enum(['lower', 'higher', 'either']),
  verdict: z.enum(['regressed', 'improved', 'no-regression', 'cannot-tell', 'transient', 'shifted']),
  baseline: numberOrNull,
  post: numberOrNull,
  effect: effect.nullable(),
  p: numberOrNull,
  q: numberOrNull,
  method: z.enum(COMPARISON_METHODS).nullable(),
  clusters: pair,
  requests: pair,
  onset: onset.nullable(),
  needed: textOrNull,
  notes: z.array(text),
  series: orNull(z.object({ start: text, stepSeconds: number, values: z.array(numberOrNull) })),
  working: orNull(working),
  mix: orNull(mix),
  shares: orNull(shares),
  slices: z.array(slice).default([]),
  slice_search: orNull(sliceSearch),
});

const suspect = z.object({
  rank: number,
  change: text,
  kind: text,
  score: number,
  verdict: z.enum(['blamed', 'contributing', 'cleared', 'cannot-separate', 'no-evidence']),
  share: share.nullable(),
  inseparable_from: z.array(text),
  evidence: z.array(text),
  separate_by: textOrNull,
  falsified_by: textOrNull,
  table: orNull(
    z.object({
      of: z.object({ service: text, endpoint: textOrNull, peer: textOrNull, indicator: text, unit: text }),
      blocks: number,
      rows: z.array(z.object({ met: z.array(text), requests: number, value: number })),
    }),
  ),
});

const figure = z.object({
  name: text,
  unit: text,
  baseline: numberOrNull,
  post: numberOrNull,
  low: lowEnd,
  high: highEnd,
});

const mechanism = z.object({
  mechanism: text,
  service: text,
  endpoint: textOrNull,
  peer: textOrNull,
  explains: z.array(text),
  evidence: z.array(text),
  figures: z.array(figure),
  suspects: z.array(text),
});

const budget = z.object({
  slo: text,
  objective: number,
  burn: z.object({ before: numberOrNull, after: numberOrNull, low: numberOrNull, high: numberOrNull }),
  remaining: numberOrNull,
  exhausted_at: textOrNull,
});

/** A newer version may know more codes. */
const qualityCode = z.custom<QualityCode>((value) => typeof value === 'string');
const window = z.object({ start: text, end: text });

const reportSchema: z.ZodType<Report> = z.object({
  schema: z.literal(SCHEMA),
  upgrade: text,
  verdict: z.enum(['regressed', 'improved', 'no-regression', 'cannot-tell']),
  reason: text,
  onset: orNull(
    onset.extend({ of: z.object({ service: text, endpoint: textOrNull, peer: textOrNull, indicator: text }) }),
  ),
  comparisons: z.array(comparison),
  suspects: z.array(suspect),
  mechanisms: z.array(mechanism).default([]),
  budgets: z.array(budget),
  quality: z.array(
    z.object({ code: qualityCode, severity: z.enum(['info', 'warning', 'error']), message: text, where: text }),
  ),
  inputs: z.object({
    windows: z.object({ baseline: z.array(window).default([]), window: orNull(window), post: orNull(window) }),
    points: number,
    digest: text,
    reading: z.enum(['final', 'live']).default('final'),
    changes: z.enum(['stated', 'inferred']).default('stated'),
    inferred: z.array(z.object({ change: text, first: text, last: text, instances: pair })).default([]),
  }),
  quiet_past: orNull(
    z.object({
      windows: number,
      alarms: number,
      as_strong: number,
      p: number,
      same_hours: orNull(z.object({ windows: number, as_strong: number })),
    }),
  ),
});

/** A report as `analyze -o json` writes it; `place` names where it came from. Throws an `AppError` for anything else. */
export function decodeReport(json: string, place: string): Report {
  const value = parseJson(json, place);
  const schema = valueAt(value, ['schema']);
  if (schema !== SCHEMA) {
    const message =
      typeof schema === 'string'
        ? `is not a report this version reads: its schema is ${quoted(schema)}, not ${quoted(SCHEMA)}`
        : `is not a Postflight report: it has no schema ${quoted(SCHEMA)}`;
    throw new AppError('document', message, { place, remedy: MADE_BY });
  }
  const decoded = reportSchema.safeParse(value);
  if (decoded.success) return decoded.data;
  throw misshapen(value, decoded.error, place);
}

function parseJson(json: string, place: string): unknown {
  try {
    return JSON.parse(json.replace(/^\ufeff/, ''));
  } catch (cause) {
    const message = json.trim() === '' ? 'is empty' : 'is not JSON';
    throw new AppError('document', message, { place, remedy: MADE_BY, cause });
  }
}

function misshapen(value: unknown, error: z.ZodError, place: string): AppError {
  const path = (error.issues[0]?.path ?? []).map((step) => (typeof step === 'number' ? step : String(step)));
  const message =
    valueAt(value, path) === undefined ? 'is missing from the report' : 'is not what a report holds in this place';
  return new AppError('document', message, { place: `${place}: ${formatPath(path)}`, remedy: MADE_BY });
}

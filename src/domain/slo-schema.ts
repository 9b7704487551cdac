import type { z } from 'zod';
import { anyText, choice, listOf, mapping, openMapping, parseNumber, readAs, text } from './document-fields.ts';

/*
 * OpenSLO v1 (github.com/OpenSLO/OpenSLO), the parts that matter here. Other keys pass: OpenSLO leaves room for them.
 */

const DAY_MS = 86_400_000;
const PERIOD_UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', DAY_MS],
  ['w', 7 * DAY_MS],
  ['M', 30 * DAY_MS],
  ['Q', 90 * DAY_MS],
  ['Y', 365 * DAY_MS],
]);

/** Milliseconds of an OpenSLO duration. Months, quarters and years count as 30, 90 and 365 days. */
export function parsePeriodMs(value: string): number | null {
  const match = /^([1-9]\d{0,5})([mhdwMQY])$/.exec(value);
  return match === null ? null : Number(match[1]) * PERIOD_UNIT_MS.get(match[2]!)!;
}

const number = readAs('a number', '0.25', parseNumber);

const source = openMapping({ type: anyText('postflight').nullish() });
const measured = openMapping({ metricSource: source });

export const indicatorField = openMapping({
  spec: openMapping({
    thresholdMetric: measured.nullish(),
    ratioMetric: openMapping({
      good: measured.nullish(),
      bad: measured.nullish(),
      total: measured.nullish(),
    }).nullish(),
  }),
});
export type StatedIndicator = z.output<typeof indicatorField>;

const objectiveField = openMapping({
  displayName: anyText('Orders are answered in time').nullish(),
  op: choice('operator', ['lt', 'lte', 'gt', 'gte']).nullish(),
  value: number.nullish(),
  target: number.nullish(),
  targetPercent: number.nullish(),
  indicator: indicatorField.nullish(),
  indicatorRef: text('orders-latency').nullish(),
});
export type StatedObjective = z.output<typeof objectiveField>;

const metadataField = openMapping({ name: text('orders-latency') });

export const sliSchema = openMapping({ metadata: metadataField, spec: indicatorField.shape.spec });

export const sloSchema = openMapping({
  metadata: metadataField,
  spec: openMapping({
    service: text('gateway').nullish(),
    indicator: indicatorField.nullish(),
    indicatorRef: text('orders-latency').nullish(),
    timeWindow: listOf(
      openMapping({ duration: readAs('an OpenSLO duration', '28d', parsePeriodMs) }),
      '- { duration: 28d, isRolling: true }',
    ),
    budgetingMethod: choice('budgeting method', ['Occurrences', 'Timeslices', 'RatioTimeslices']).nullish(),
    objectives: listOf(objectiveField, '- { target: 0.999 }'),
  }),
});
export type StatedSlo = z.output<typeof sloSchema>;

/** What a metricSource of type `postflight` says: the traffic, and what of it is measured. */
export const bindingSchema = mapping({
  service: text('gateway').nullish(),
  endpoint: text('POST /orders').nullish(),
  peer: text('payments.example.com').nullish(),
  indicator: choice('indicator', ['latency', 'requests', 'errors']),
  unit: choice('unit', ['s', 'ms']).nullish(),
});
export type StatedBinding = z.output<typeof bindingSchema>;

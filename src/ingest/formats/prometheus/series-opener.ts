import {
  type Attributes,
  PROMETHEUS_SCOPE,
  type StreamKind,
  type TelemetrySink,
  type Temporality,
} from '../../../domain/telemetry.ts';
import { pointAttributesOf, resourceOf } from './job-resource.ts';
import { isCounter } from './series-kind.ts';

/** What a series holds: one label set may have several. */
export const SHAPE = { number: 0, exponential: 1, explicit: 2, gaugeExponential: 3, gaugeExplicit: 4 } as const;
export const SHAPES = 5;
const KIND_OF_SHAPE: readonly StreamKind[] = [
  'sum',
  'exponential-histogram',
  'histogram',
  'exponential-histogram',
  'histogram',
];

export interface OpenedSeries {
  readonly stream: number;
  /** Whether its numbers count something, and so cannot be below zero: sums can, where observations are. */
  readonly isCount: boolean;
}

/** Opens the streams of series, in the spelling of Prometheus. */
export class SeriesOpener {
  readonly #sink: TelemetrySink;
  readonly #resources = new Map<string, Attributes>();

  constructor(sink: TelemetrySink) {
    this.#sink = sink;
  }

  /** `labels` do not hold the name; `type` is a number of METRIC_TYPE. */
  open(metric: string, labels: Attributes, shape: number, type: number, unit: string): OpenedSeries {
    const counter = shape === SHAPE.number && isCounter(metric, type);
    const gauge = (shape === SHAPE.number && !counter) || shape > SHAPE.explicit;
    const temporality: Temporality = gauge ? 'instant' : 'cumulative';
    const stream = this.#sink.openStream({
      resource: this.#resourceOf(labels),
      scope: PROMETHEUS_SCOPE,
      metric,
      unit,
      kind: shape === SHAPE.number && gauge ? 'gauge' : KIND_OF_SHAPE[shape]!,
      temporality,
      monotonic: counter,
      attributes: pointAttributesOf(labels),
    });
    return { stream, isCount: counter && !metric.endsWith('_sum') };
  }

  forget(): void {
    this.#resources.clear();
  }

  /** One map for all series of a target: sinks know resources by reference. */
  #resourceOf(labels: Attributes): Attributes {
    const resource = resourceOf(labels);
    const key = JSON.stringify([...resource]);
    const known = this.#resources.get(key);
    if (known !== undefined) return known;
    this.#resources.set(key, resource);
    return resource;
  }
}

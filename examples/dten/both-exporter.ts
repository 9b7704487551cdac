import type { core, metrics } from '@opentelemetry/sdk-node';

type Exporter = Required<metrics.PushMetricExporter>;
type Result = (result: core.ExportResult) => void;

/** Hands each collection to two exporters, so that both tell the very same points. What is collected is the first one's choice. */
export class BothExporter implements Exporter {
  readonly #first: Exporter;
  readonly #second: Exporter;

  constructor(first: Exporter, second: Exporter) {
    this.#first = first;
    this.#second = second;
  }

  /** Done when both are; failed when one is. */
  export(points: metrics.ResourceMetrics, done: Result): void {
    const results: core.ExportResult[] = [];
    const one: Result = (result) => {
      results.push(result);
      if (results.length === 2) done(results.find(({ error }) => error !== undefined) ?? result);
    };
    this.#first.export(points, one);
    this.#second.export(points, one);
  }

  selectAggregation(instrument: metrics.InstrumentType): metrics.AggregationOption {
    return this.#first.selectAggregation(instrument);
  }

  selectAggregationTemporality(instrument: metrics.InstrumentType): metrics.AggregationTemporality {
    return this.#first.selectAggregationTemporality(instrument);
  }

  async forceFlush(): Promise<void> {
    await Promise.all([this.#first.forceFlush(), this.#second.forceFlush()]);
  }

  async shutdown(): Promise<void> {
    await Promise.all([this.#first.shutdown(), this.#second.shutdown()]);
  }
}

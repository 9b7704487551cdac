import type { TelemetrySink } from '../../domain/telemetry.ts';
import type { LayoutTable } from '../folding/layout-table.ts';
import type { Stream } from '../folding/stream-table.ts';
import { AttributeNames } from './attribute-names.ts';
import { type Extent, GroupEmitter } from './group-emitter.ts';
import { groupKey, HistogramGroups } from './histogram-groups.ts';
import { type MetricNames, type SeriesUse, TARGET_INFO } from './metric-names.ts';
import { ColumnReader } from './part-column.ts';
import { SeriesEmitter } from './series-emitter.ts';
import { StreamOpener } from './stream-opener.ts';

/** Turns all series of a reading into streams as the folding knows them. */
export class HeldSeries {
  readonly #sink: TelemetrySink;
  readonly #names: MetricNames;
  readonly #columns: ColumnReader;
  readonly #opener: StreamOpener;
  readonly #attributes: AttributeNames;
  readonly #series: SeriesEmitter;
  readonly #groups = new HistogramGroups();
  /** When native histograms were there, by the group that a classic one of theirs would be. */
  readonly #natives = new Map<string, Extent>();

  constructor(sink: TelemetrySink, names: MetricNames, layouts: LayoutTable, attributes: Iterable<string>) {
    this.#sink = sink;
    this.#names = names;
    this.#columns = new ColumnReader(layouts);
    this.#opener = new StreamOpener(sink);
    this.#attributes = new AttributeNames(attributes);
    this.#series = new SeriesEmitter(sink, layouts, this.#opener, this.#attributes);
  }

  handOn(held: readonly Stream[]): void {
    const streams = held.filter((stream) => !stream.isEmpty);
    const infos = streams.filter(({ identity }) => identity.metric === TARGET_INFO);
    this.#opener.learn(infos, this.#columns, this.#attributes);
    const counted = countedSeries(streams);
    for (const stream of streams) {
      const { kind, metric } = stream.identity;
      const use = this.#names.useOf(metric);
      if (use === null) continue;
      if (kind !== 'sum' && kind !== 'gauge') this.#handNative(stream, use);
      else if (kind === 'gauge' && counted.has(seriesKey(stream))) {
        this.#sink.reject('bad-point', metric, 'samples from before its metadata said that it counts');
      } else this.#handNumbers(stream, use);
    }
    const emitter = new GroupEmitter(this.#sink, this.#columns, this.#opener, this.#attributes);
    for (const [key, group] of this.#groups.groups) emitter.emit(group, this.#natives.get(key));
  }

  #handNative(stream: Stream, { natives }: SeriesUse): void {
    const { identity, firstMs, lastMs } = stream;
    const key = groupKey(identity.resource, identity.metric, identity.attributes, identity.temporality === 'delta');
    const known = this.#natives.get(key) ?? { firstMs, lastMs };
    this.#natives.set(key, { firstMs: Math.min(known.firstMs, firstMs), lastMs: Math.max(known.lastMs, lastMs) });
    this.#series.emit(stream, natives);
  }

  #handNumbers(stream: Stream, { numbers, distribution }: SeriesUse): void {
    const { kind, metric, attributes } = stream.identity;
    this.#series.emit(stream, numbers);
    if (distribution === null || (kind === 'gauge' && distribution.part !== 'created')) return;
    if (this.#groups.add(stream, distribution)) return;
    this.#sink.reject('bad-point', metric, `the bound le=${JSON.stringify(attributes.get('le') ?? '')} is no number`);
  }
}

/** Series that were taken for counters, by everything but their kind and unit. */
function countedSeries(streams: readonly Stream[]): Set<string> {
  return new Set(streams.filter(({ identity }) => identity.kind === 'sum').map(seriesKey));
}

function seriesKey({ identity }: Stream): string {
  return groupKey(identity.resource, identity.metric, identity.attributes, false);
}

import type { Attributes, StreamIdentity, TelemetrySink } from '../../domain/telemetry.ts';
import { attributesKey } from '../folding/identity.ts';
import type { Stream } from '../folding/stream-table.ts';
import type { AttributeNames } from './attribute-names.ts';
import type { ColumnReader } from './part-column.ts';
import { TargetTimeline, UNKNOWN_TARGET } from './target-timeline.ts';
import { ResourceTable, VersionedStream } from './versioned-stream.ts';

/** Opens output streams, each under what is known of its target. */
export class StreamOpener {
  readonly #sink: TelemetrySink;
  readonly #resources = new ResourceTable();
  readonly #timelines = new Map<string, TargetTimeline>();

  constructor(sink: TelemetrySink) {
    this.#sink = sink;
  }

  /** Learns the targets from the series of `target_info`. */
  learn(infos: readonly Stream[], columns: ColumnReader, names: AttributeNames): void {
    for (const stream of infos) {
      const key = attributesKey(stream.identity.resource);
      const timeline = this.#timelines.get(key) ?? new TargetTimeline();
      this.#timelines.set(key, timeline);
      timeline.add(names.named(stream.identity.attributes), columns.read([stream]).timeMs);
    }
    for (const timeline of this.#timelines.values()) timeline.settle();
  }

  /** `promoted`: what the labels of the series say of its process. */
  open(identity: StreamIdentity, promoted: Attributes): VersionedStream {
    const { resource } = identity;
    const timeline = this.#timelines.get(attributesKey(resource)) ?? UNKNOWN_TARGET;
    const own = promoted.size === 0 ? resource : this.#resources.merged(resource, promoted);
    return new VersionedStream(this.#sink, { ...identity, resource: own }, timeline, this.#resources);
  }
}

import type { Attributes, StreamIdentity, TelemetrySink } from '../../domain/telemetry.ts';
import { sortedAttributes } from '../folding/identity.ts';
import type { TargetTimeline } from './target-timeline.ts';

const NOT_OPENED = -2;

/** One output stream, under the resource that its target had at the time of each point. */
export class VersionedStream {
  /** Whether the last point asked for has another resource than the one before it. */
  hasChanged = false;
  readonly #sink: TelemetrySink;
  readonly #identity: StreamIdentity;
  readonly #timeline: TargetTimeline;
  readonly #resources: ResourceTable;
  readonly #streams: number[] = [];
  #index = NOT_OPENED;

  /** The resource of `identity` is what the series itself says of its process: it stands above what the target says. */
  constructor(sink: TelemetrySink, identity: StreamIdentity, timeline: TargetTimeline, resources: ResourceTable) {
    this.#sink = sink;
    this.#identity = identity;
    this.#timeline = timeline;
    this.#resources = resources;
  }

  streamAt(timeMs: number): number {
    const index = this.#timeline.indexAt(timeMs);
    this.hasChanged = this.#index !== NOT_OPENED && this.#index !== index;
    this.#index = index;
    const known = this.#streams[index + 1];
    return known ?? this.#open(index);
  }

  #open(index: number): number {
    const { resource } = this.#identity;
    const merged = this.#resources.merged(this.#timeline.attributesOf(index), resource);
    const stream = this.#sink.openStream({ ...this.#identity, resource: merged });
    this.#streams[index + 1] = stream;
    return stream;
  }
}

/** Resources by what they are made of: sinks know them by reference. */
export class ResourceTable {
  readonly #merged = new WeakMap<Attributes, WeakMap<Attributes, Attributes>>();

  /** `above` stands where both have a name. */
  merged(below: Attributes, above: Attributes): Attributes {
    const known = this.#merged.get(below) ?? new WeakMap<Attributes, Attributes>();
    this.#merged.set(below, known);
    const resource = known.get(above) ?? sortedAttributes(new Map([...below, ...above]));
    known.set(above, resource);
    return resource;
  }
}

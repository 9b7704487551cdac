import type { Attributes, StreamIdentity, TelemetrySink } from '../../domain/telemetry.ts';
import { sortedAttributes } from '../folding/identity.ts';
import type { TargetTimeline } from './target-timeline.ts';

const NOT_OPENED = -2;

/**
 * One output stream, under the resource that its target had at the time of each point. Where the resource of a cumulative
 * stream changes, the point before is handed over once more, as one that began when it was taken: what the next resource
 * counts on from.
 */
export class VersionedStream {
  /** Whether the point before has to be handed over to the stream, with `carriedMs` for its start and time. */
  isCarried = false;
  carriedMs = Number.NaN;
  /** The start of the point that was asked for last. */
  startMs = Number.NaN;
  readonly #sink: TelemetrySink;
  readonly #identity: StreamIdentity;
  readonly #timeline: TargetTimeline;
  readonly #resources: ResourceTable;
  readonly #streams: number[] = [];
  #index = NOT_OPENED;
  #previousStartMs = Number.NaN;
  #previousMs = Number.NaN;
  #carriedStartMs = Number.NaN;

  /** The resource of `identity` is what the series itself says of its process: it stands above what the target says. */
  constructor(sink: TelemetrySink, identity: StreamIdentity, timeline: TargetTimeline, resources: ResourceTable) {
    this.#sink = sink;
    this.#identity = identity;
    this.#timeline = timeline;
    this.#resources = resources;
  }

  /** The stream of a point; to be asked in order of time. */
  streamAt(startMs: number, timeMs: number): number {
    const index = this.#timeline.indexAt(timeMs);
    const hasChanged = this.#index !== NOT_OPENED && this.#index !== index;
    this.isCarried = hasChanged && this.#identity.temporality === 'cumulative';
    if (this.isCarried) {
      this.carriedMs = this.#previousMs;
      this.#carriedStartMs = this.#previousStartMs;
    }
    const goesOn = !Number.isNaN(this.carriedMs) && Object.is(startMs, this.#carriedStartMs);
    this.startMs = goesOn ? this.carriedMs : startMs;
    this.#index = index;
    this.#previousStartMs = startMs;
    this.#previousMs = timeMs;
    return this.#streams[index + 1] ?? this.#open(index);
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

import {
  type Attributes,
  PROMETHEUS_SCOPE,
  type StreamKind,
  type TelemetrySink,
  type Temporality,
} from '../../../domain/telemetry.ts';
import { ByteInterner } from '../bytes/byte-interner.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import { pointAttributesOf, resourceOf } from './job-resource.ts';
import type { FamilyMetadata, MetadataBook } from './metadata-book.ts';
import { isCounter, METRIC_TYPE } from './series-kind.ts';
import { readLabels } from './series-labels.ts';
import type { WireCursor } from './wire-cursor.ts';

/** Series kept by their labels; beyond either limit all are forgotten and learnt again. */
const MOST_SERIES = 1 << 18;
const MOST_BYTES = 1 << 26;
const NOT_OPENED = -2;
const TYPES = 8;
const NAME_CHARACTERS = 200;

/** What a series holds: one label set may have several. */
export const SHAPE = { number: 0, exponential: 1, explicit: 2, gaugeExponential: 3, gaugeExplicit: 4 } as const;
const SHAPES = 5;
const KIND_OF_SHAPE: readonly StreamKind[] = [
  'sum',
  'exponential-histogram',
  'histogram',
  'exponential-histogram',
  'histogram',
];

/** The metadata of a series is what its metric's family is known for. */
export const BY_FAMILY = 0;

/** The streams of a sender, found again by the bytes of their labels. */
export class SeriesBook {
  private readonly sink: TelemetrySink;
  private readonly metadata: MetadataBook;
  private interner = new ByteInterner();
  /** The sink's number, by entry and shape. */
  private streams = new Int32Array(64 * SHAPES).fill(NOT_OPENED);
  private readonly problems = new Map<number, string>();
  private readonly resources = new Map<string, Attributes>();
  private readonly units = new Map<string, number>();
  private unitNames: string[] = [];
  private spaces: number[] = [];
  /** Entries whose values cannot be below zero. */
  private readonly counts = new Set<number>();
  /** Counts how often entries lost their meaning. */
  generation = 0;

  constructor(sink: TelemetrySink, metadata: MetadataBook) {
    this.sink = sink;
    this.metadata = metadata;
  }

  /** To be called between requests. */
  keepBounded(): void {
    if (this.interner.size > MOST_SERIES || this.interner.stored > MOST_BYTES) this.forget();
  }

  forget(): void {
    this.generation++;
    this.interner = new ByteInterner();
    this.streams.fill(NOT_OPENED);
    this.problems.clear();
    this.counts.clear();
    this.resources.clear();
    this.units.clear();
    this.unitNames = [];
    this.spaces = [];
  }

  /** The space of series that come with metadata of their own. */
  spaceOf(type: number, unit: string): number {
    if (type === METRIC_TYPE.unknown && unit === '') return BY_FAMILY;
    let number = this.units.get(unit);
    if (number === undefined) {
      number = this.unitNames.push(unit) - 1;
      this.units.set(unit, number);
    }
    return 1 + (type > 0 && type < TYPES ? type : 0) + TYPES * number;
  }

  /** The entry of the labels that begin at the cursor, if it is the one that came next before; else -1. */
  guess(at: WireCursor): number {
    return this.interner.guess(BY_FAMILY, at, at.position, at.end);
  }

  labelBytes(entry: number): number {
    return this.interner.lengthOf(entry);
  }

  /** The entry of the labels in `[start, end)` of the cursor's bytes. */
  entryOf(at: ByteSource, start: number, end: number, space = BY_FAMILY): number {
    const known = this.interner.find(space, at, start, end);
    if (known >= 0) return known;
    const entry = this.interner.add(space, at, start, end);
    this.spaces.push(space);
    const { metric, problem } = readLabels(this.interner.bytesOf(entry));
    if (problem !== null) this.problems.set(entry, `series ${nameOf(metric)}: ${problem}`);
    if ((entry + 1) * SHAPES > this.streams.length) this.grow();
    return entry;
  }

  /** Null: the series may be used. */
  problemOf(entry: number): string | null {
    return this.problems.size === 0 ? null : (this.problems.get(entry) ?? null);
  }

  describe(entry: number): string {
    return `series ${nameOf(readLabels(this.interner.bytesOf(entry)).metric)}`;
  }

  stream(entry: number, shape: number): number {
    const known = this.streams[entry * SHAPES + shape]!;
    return known === NOT_OPENED ? this.open(entry, shape) : known;
  }

  /** Whether the numbers of a series count something: all counters but sums, which negative observations lower. */
  isCount(entry: number): boolean {
    this.stream(entry, SHAPE.number);
    return this.counts.has(entry);
  }

  private open(entry: number, shape: number): number {
    const { metric, labels } = readLabels(this.interner.bytesOf(entry));
    const { type, unit } = this.metadataOf(entry, metric);
    const counter = shape === SHAPE.number && isCounter(metric, type);
    if (counter && !metric.endsWith('_sum')) this.counts.add(entry);
    const gauge = (shape === SHAPE.number && !counter) || shape > SHAPE.explicit;
    const temporality: Temporality = gauge ? 'instant' : 'cumulative';
    const stream = this.sink.openStream({
      resource: this.resourceOf(labels),
      scope: PROMETHEUS_SCOPE,
      metric,
      unit,
      kind: shape === SHAPE.number && gauge ? 'gauge' : KIND_OF_SHAPE[shape]!,
      temporality,
      monotonic: counter,
      attributes: pointAttributesOf(labels),
    });
    this.streams[entry * SHAPES + shape] = stream;
    return stream;
  }

  private metadataOf(entry: number, metric: string): FamilyMetadata {
    const space = this.spaces[entry]!;
    if (space === BY_FAMILY) return this.metadata.of(metric);
    return { type: (space - 1) % TYPES, unit: this.unitNames[Math.floor((space - 1) / TYPES)]! };
  }

  /** One map for all series of a target: sinks know resources by reference. */
  private resourceOf(labels: Attributes): Attributes {
    const resource = resourceOf(labels);
    const key = JSON.stringify([...resource]);
    const known = this.resources.get(key);
    if (known !== undefined) return known;
    this.resources.set(key, resource);
    return resource;
  }

  private grow(): void {
    const larger = new Int32Array(2 * this.streams.length).fill(NOT_OPENED);
    larger.set(this.streams);
    this.streams = larger;
  }
}

/** Names are hostile text: quoted, and cut where they are long. */
function nameOf(metric: string): string {
  return metric === '' ? 'without a name' : JSON.stringify(metric.slice(0, NAME_CHARACTERS));
}

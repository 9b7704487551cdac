import type { TelemetrySink } from '../../../domain/telemetry.ts';
import { ByteInterner } from '../bytes/byte-interner.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import type { FamilyMetadata, MetadataBook } from '../prometheus/metadata-book.ts';
import { METRIC_TYPE } from '../prometheus/series-kind.ts';
import { SeriesOpener, SHAPE, SHAPES } from '../prometheus/series-opener.ts';
import { readLabels } from './series-labels.ts';

/** Memory for the labels of series; beyond it all are forgotten and learnt again. */
const MOST_BYTES = 1 << 26;
const NOT_OPENED = -2;
const TYPES = 8;
const NAME_CHARACTERS = 200;
/** Far more units than there are; a sender that makes more up gets none of them. */
const MOST_UNITS = 1 << 10;
const UNIT_CHARACTERS = 64;

/** The metadata of a series is what its metric's family is known for. */
export const BY_FAMILY = 0;

/** The streams of a sender, found again by the bytes of their labels. */
export class SeriesBook {
  private readonly opener: SeriesOpener;
  private readonly metadata: MetadataBook;
  private readonly interner = new ByteInterner();
  /** The sink's number, by entry and shape. */
  private streams = new Int32Array(64 * SHAPES).fill(NOT_OPENED);
  /** Entries of label sets that cannot be used. */
  private readonly unusable = new Set<number>();
  private readonly units = new Map<string, number>();
  private unitNames: string[] = [];
  private spaces: number[] = [];
  /** Entries whose values cannot be below zero. */
  private readonly counts = new Set<number>();
  private describedEntry = NOT_OPENED;
  private description = '';
  /** Counts how often entries lost their meaning. */
  generation = 0;

  constructor(sink: TelemetrySink, metadata: MetadataBook) {
    this.opener = new SeriesOpener(sink);
    this.metadata = metadata;
  }

  forget(): void {
    this.generation++;
    this.interner.clear();
    this.streams.fill(NOT_OPENED);
    this.unusable.clear();
    this.describedEntry = NOT_OPENED;
    this.counts.clear();
    this.opener.forget();
    this.units.clear();
    this.unitNames = [];
    this.spaces = [];
  }

  /** The space of series that come with metadata of their own. */
  spaceOf(type: number, unit: string): number {
    if (type === METRIC_TYPE.unknown && unit === '') return BY_FAMILY;
    return 1 + (type > 0 && type < TYPES ? type : 0) + TYPES * this.numberOfUnit(unit);
  }

  /** The entry of the labels that begin at `position`, if it is the one that came next before; else -1. */
  guess(source: ByteSource, position: number, end: number): number {
    return this.interner.guess(BY_FAMILY, source, position, end);
  }

  labelBytes(entry: number): number {
    return this.interner.lengthOf(entry);
  }

  /** The entry of the labels in `[start, end)`. */
  entryOf(source: ByteSource, start: number, end: number, space = BY_FAMILY): number {
    const known = this.interner.find(space, source, start, end);
    if (known >= 0) return known;
    if (this.interner.weight > MOST_BYTES) this.forget();
    const entry = this.interner.add(space, source, start, end);
    this.spaces.push(space);
    if (readLabels(this.interner.bytesOf(entry)).problem !== null) this.unusable.add(entry);
    if ((entry + 1) * SHAPES > this.streams.length) this.grow();
    return entry;
  }

  /** Null: the series may be used. */
  problemOf(entry: number): string | null {
    if (this.unusable.size === 0 || !this.unusable.has(entry)) return null;
    return `${this.describe(entry)}: ${readLabels(this.interner.bytesOf(entry)).problem}`;
  }

  describe(entry: number): string {
    if (entry === this.describedEntry) return this.description;
    this.description = `series ${nameOf(readLabels(this.interner.bytesOf(entry)).metric)}`;
    this.describedEntry = entry;
    return this.description;
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
    const { stream, isCount } = this.opener.open(metric, labels, shape, type, unit);
    if (isCount) this.counts.add(entry);
    this.streams[entry * SHAPES + shape] = stream;
    return stream;
  }

  private metadataOf(entry: number, metric: string): FamilyMetadata {
    const space = this.spaces[entry]!;
    if (space === BY_FAMILY) return this.metadata.of(metric);
    return { type: (space - 1) % TYPES, unit: this.unitNames[Math.floor((space - 1) / TYPES)]! };
  }

  private numberOfUnit(unit: string): number {
    const known = this.units.get(unit);
    if (known !== undefined) return known;
    const isKept = unit === '' || (this.units.size < MOST_UNITS && unit.length <= UNIT_CHARACTERS);
    if (!isKept) return this.numberOfUnit('');
    const number = this.unitNames.push(unit) - 1;
    this.units.set(unit, number);
    return number;
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

import {
  type Attributes,
  isRefused,
  REFUSED_STREAM,
  type StreamKind,
  type Temporality,
} from '../../../domain/telemetry.ts';
import { InternedValues } from '../json/interned-values.ts';
import { OPEN_BRACKET } from '../json/json-bytes.ts';
import type { JsonCursor } from '../json/json-cursor.ts';
import { decodeAttributes, NO_ATTRIBUTES } from '../otlp/attributes.ts';
import { shapeNumber } from '../otlp/metric-rules.ts';
import type { RecordReport } from '../otlp/record-report.ts';
import { StreamOpener } from '../otlp/stream-opener.ts';
import type { Envelope } from './envelope.ts';

/** No stream that is remembered has the number of one that is refused. */
const UNOPENED = REFUSED_STREAM;
/** Far more distinct names than memory would hold, and two of them still fit a double exactly. */
const ENTRY_RANGE = 2 ** 26;

/** What a metric says about all its points. */
export interface MetricHeader {
  nameEntry: number;
  name: string;
  unitEntry: number;
  unit: string;
  kind: StreamKind;
  temporality: Temporality;
  monotonic: boolean;
}

/** The streams of a run: a stream is opened when the first usable point with its metric and attributes turns up. */
export class StreamBook {
  private readonly cursor: JsonCursor;
  private readonly envelope: Envelope;
  private readonly attributes = new InternedValues<Attributes>(OPEN_BRACKET, decodeAttributes);
  /** The sink's number of each entry of `attributes`. */
  private streams: number[] = [];
  private readonly opener: StreamOpener;
  private readonly pairs = new Map<number, number>();
  private metric: MetricHeader | undefined;
  /** A number for everything that identifies a stream, except its attributes. */
  private space = 0;

  constructor(cursor: JsonCursor, report: RecordReport, envelope: Envelope) {
    this.cursor = cursor;
    this.opener = new StreamOpener(report);
    this.envelope = envelope;
  }

  get weight(): number {
    return this.attributes.weight;
  }

  beginMetric(metric: MetricHeader): void {
    this.metric = metric;
    const owner = this.pair(this.envelope.resourceEntry, this.envelope.scopeEntry);
    const named = this.pair(this.pair(owner, metric.nameEntry), metric.unitEntry);
    this.space = this.pair(named, shapeNumber(metric.kind, metric.temporality, metric.monotonic));
  }

  /** The entry of the attributes at the cursor; -1 where they are unusable. */
  readAttributes(): number {
    return this.attributes.read(this.cursor, this.space);
  }

  withoutAttributes(): number {
    return this.attributes.absent(this.cursor, this.space, NO_ATTRIBUTES);
  }

  /** The sink's number for a point with these attributes. */
  stream(entry: number): number {
    const known = this.streams[entry] ?? UNOPENED;
    return known === UNOPENED ? this.open(entry) : known;
  }

  private open(entry: number): number {
    const { metric, envelope } = this;
    const attributes = this.attributes.get(entry) ?? NO_ATTRIBUTES;
    const stream = this.opener.open({
      resource: envelope.resource,
      scope: envelope.scope,
      metric: metric!.name,
      unit: metric!.unit,
      kind: metric!.kind,
      temporality: metric!.temporality,
      monotonic: metric!.monotonic,
      attributes,
    });
    if (isRefused(stream)) {
      this.attributes.drop(entry);
      return stream;
    }
    while (this.streams.length <= entry) this.streams.push(UNOPENED);
    this.streams[entry] = stream;
    this.attributes.replace(entry, NO_ATTRIBUTES);
    return stream;
  }

  /** The number of a pair of numbers, counted from 0. */
  private pair(left: number, right: number): number {
    const key = left * ENTRY_RANGE + right;
    let number = this.pairs.get(key);
    if (number === undefined) {
      number = this.pairs.size;
      this.pairs.set(key, number);
    }
    return number;
  }
}

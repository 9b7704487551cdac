import { SHAPE } from '../prometheus/series-opener.ts';
import { FIXED64, type ProtobufCursor, tagOf, VARINT } from '../protobuf/protobuf-cursor.ts';
import { HistogramDelivery } from './histogram-delivery.ts';
import { NativeHistogram } from './native-histogram.ts';
import { isStale } from './sample-value.ts';
import type { SeriesReport } from './series-report.ts';

/** Tags of the repeated fields of a TimeSeries, which the two versions number differently. */
export interface PointTags {
  readonly sample: number;
  readonly histogram: number;
  readonly exemplar: number;
}

/** Which elements are handed to the sink: those of two kinds go in two passes, so that each kind is committed alone. */
export type Pass = 'samples' | 'histograms';

const VALUE_TAG = tagOf(1, FIXED64);
const TIME_TAG = tagOf(2, VARINT);
const START_TAG = tagOf(3, VARINT);

/** Reads the points of one series after the other. */
export class SeriesPoints {
  private readonly cursor: ProtobufCursor;
  private readonly report: SeriesReport;
  private readonly tags: PointTags;
  private readonly histogram = new NativeHistogram();
  private readonly delivery = new HistogramDelivery();

  constructor(cursor: ProtobufCursor, report: SeriesReport, tags: PointTags) {
    this.cursor = cursor;
    this.report = report;
    this.tags = tags;
  }

  /**
   * Reads the fields from the cursor to the end of the series. `startMs` is the start of points that name none, or 0.
   * A series with a problem is counted and kept out.
   */
  read(pass: Pass, startMs: number, problem: string | null): void {
    const { cursor } = this;
    if (problem !== null) this.refuse(pass, problem);
    else if (pass === 'samples') this.readSamples(startMs);
    else {
      const { histogram } = this.tags;
      while (cursor.more) {
        const tag = cursor.readTag();
        this.report.countElement();
        if (tag === histogram) this.readHistogram(startMs);
        else cursor.skip(tag);
      }
    }
  }

  private readSamples(startMs: number): void {
    const { cursor, tags } = this;
    const { tally } = this.report;
    while (cursor.more) {
      const tag = cursor.readTag();
      this.report.countElement();
      if (tag === tags.sample) {
        this.readSample(startMs);
        continue;
      }
      cursor.skip(tag);
      if (tag === tags.exemplar) tally.exemplars.leftOut++;
      else if (tag === tags.histogram) tally.hasHistograms = true;
    }
  }

  private refuse(pass: Pass, problem: string): void {
    const { cursor, tags, report } = this;
    const { tally } = report;
    if (pass === 'samples') {
      tally.refusedSeries++;
      tally.firstReason ??= problem;
      report.sink.reject('bad-point', 'remote write', problem);
    }
    while (cursor.more) {
      const tag = cursor.readTag();
      report.countElement();
      cursor.skip(tag);
      if (tag === tags.histogram) tally.hasHistograms = true;
      if (pass === 'histograms' && tag === tags.histogram) tally.histograms.refused++;
      else if (pass === 'samples' && tag === tags.sample) tally.samples.refused++;
      else if (pass === 'samples' && tag === tags.exemplar) tally.exemplars.refused++;
    }
  }

  private readSample(seriesStartMs: number): void {
    const { cursor, report } = this;
    const holder = cursor.enter();
    let value = 0;
    let timeMs = 0;
    let startMs = 0;
    let stale = false;
    while (cursor.more) {
      const tag = cursor.readTag();
      if (tag === VALUE_TAG) {
        stale = isStale(cursor);
        value = cursor.readDouble();
      } else if (tag === TIME_TAG) timeMs = cursor.readInt64();
      else if (tag === START_TAG) startMs = cursor.readInt64();
      else cursor.skip(tag);
    }
    cursor.leave(holder);
    if (cursor.failed) return;
    report.elements = report.tally.samples;
    if (timeMs === 0) report.refuse('a sample has no timestamp');
    else if (!Number.isFinite(value) || value < 0) this.deliverOdd(value, stale, startMs || seriesStartMs, timeMs);
    else this.hand(value, startMs || seriesStartMs, timeMs);
  }

  private deliverOdd(value: number, stale: boolean, startMs: number, timeMs: number): void {
    const { report } = this;
    if (stale) report.leaveOut('no-recorded-value', 'a stale marker');
    else if (!Number.isFinite(value)) report.leaveOut('not-finite', `value is ${value}`);
    else if (report.book.isCount(report.entry)) report.leaveOut('negative-count', `a counter is ${value}`);
    else this.hand(value, startMs, timeMs);
  }

  private hand(value: number, startMs: number, timeMs: number): void {
    const { report } = this;
    const stream = report.stream(SHAPE.number);
    report.tally.samples.handed++;
    report.sink.numberPoint(stream, startMs === 0 ? Number.NaN : startMs, timeMs, value);
  }

  private readHistogram(seriesStartMs: number): void {
    const { cursor, report, histogram } = this;
    histogram.read(cursor);
    if (cursor.failed) return;
    if (histogram.startMs === 0) histogram.startMs = seriesStartMs;
    report.elements = report.tally.histograms;
    const problem = this.delivery.deliver(histogram, report);
    if (problem !== null) report.refuse(problem);
  }
}

import { HistogramDelivery } from './histogram-delivery.ts';
import { NativeHistogram } from './native-histogram.ts';
import { isStale } from './sample-value.ts';
import { SHAPE } from './series-book.ts';
import type { SeriesReport } from './series-report.ts';
import { WIRE, type WireCursor } from './wire-cursor.ts';

/** Tags of the repeated fields of a TimeSeries, which the two versions number differently. */
export interface PointTags {
  readonly sample: number;
  readonly histogram: number;
  readonly exemplar: number;
}

/** Which elements are handed to the sink: those of two kinds go in two passes, so that each kind is committed alone. */
export type Pass = 'samples' | 'histograms';

const VALUE_TAG = (1 << 3) | WIRE.fixed64;
const TIME_TAG = (2 << 3) | WIRE.varint;
const START_TAG = (3 << 3) | WIRE.varint;

/** Reads the points of one series after the other. */
export class SeriesPoints {
  private readonly cursor: WireCursor;
  private readonly report: SeriesReport;
  private readonly tags: PointTags;
  private readonly histogram = new NativeHistogram();
  private readonly delivery = new HistogramDelivery();

  constructor(cursor: WireCursor, report: SeriesReport, tags: PointTags) {
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
      for (let tag = cursor.nextTag(); tag > 0; tag = cursor.nextTag()) {
        if (tag === histogram) this.readHistogram(startMs);
        else cursor.skip(tag);
      }
    }
  }

  private readSamples(startMs: number): void {
    const { cursor, tags } = this;
    const { tally } = this.report;
    for (let tag = cursor.nextTag(); tag > 0; tag = cursor.nextTag()) {
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
    for (let tag = cursor.nextTag(); tag > 0; tag = cursor.nextTag()) {
      cursor.skip(tag);
      if (tag === tags.histogram) tally.hasHistograms = true;
      if (pass === 'histograms' && tag === tags.histogram) tally.histograms.refused++;
      else if (pass === 'samples' && tag === tags.sample) tally.samples.refused++;
      else if (pass === 'samples' && tag === tags.exemplar) tally.exemplars.refused++;
    }
  }

  private readSample(seriesStartMs: number): void {
    const { cursor, report } = this;
    const outer = cursor.enter();
    let value = 0;
    let timeMs = 0;
    let startMs = 0;
    let stale = false;
    for (let tag = cursor.nextTag(); tag > 0; tag = cursor.nextTag()) {
      if (tag === VALUE_TAG) {
        stale = isStale(cursor);
        value = cursor.readDouble();
      } else if (tag === TIME_TAG) timeMs = cursor.readSigned();
      else if (tag === START_TAG) startMs = cursor.readSigned();
      else cursor.skip(tag);
    }
    cursor.leave(outer);
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

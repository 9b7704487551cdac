import type { RecordReport } from './record-report.ts';

const NO_RECORDED_VALUE = 1;

/** The values of one kind of point, in fields so that no object is made for a point, and the rules they are held to. */
export interface PointValues {
  clear(): void;
  /** Delivers the point, or rejects it. */
  deliver(point: PointHead): void;
}

/** What all kinds of point have, and the order in which a point is refused. */
export abstract class PointHead {
  readonly report: RecordReport;
  /** NaN where unknown. */
  startMs = Number.NaN;
  timeMs = 0;
  protected flags = 0;

  constructor(report: RecordReport) {
    this.report = report;
  }

  /** The sink's stream of this point; to be asked only once the point is known to be good. */
  abstract stream(): number;

  protected clear(): void {
    this.startMs = Number.NaN;
    this.timeMs = 0;
    this.flags = 0;
  }

  protected settle(values: PointValues): void {
    const { report } = this;
    if ((this.flags & NO_RECORDED_VALUE) !== 0) report.reject('no-recorded-value', 'flags say: no recorded value');
    else if (this.timeMs === 0) report.reject('missing-time', 'timeUnixNano is absent or 0');
    else values.deliver(this);
  }
}

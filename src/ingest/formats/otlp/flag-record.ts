import type { Attributes } from '../../../domain/telemetry.ts';
import { flagOutcome, isFlagEvent } from './flag-evaluation.ts';
import type { RecordReport } from './record-report.ts';

/** A log record while its members come in, and the rules a flag evaluation is held to. Times are 0 where unknown. */
export class FlagRecord {
  timeMs = 0;
  observedMs = 0;
  eventName = '';
  traceId: string | null = '';
  spanId: string | null = '';

  clear(): void {
    this.timeMs = 0;
    this.observedMs = 0;
    this.eventName = '';
    this.traceId = '';
    this.spanId = '';
  }

  /** Whether the record tells about a flag; older ones have the name among the attributes. */
  isAbout(attributes: Attributes): boolean {
    return isFlagEvent(this.eventName === '' ? (attributes.get('event.name') ?? '') : this.eventName);
  }

  deliver(report: RecordReport, resource: Attributes, attributes: Attributes): void {
    const outcome = flagOutcome(attributes);
    const timeMs = this.timeMs || this.observedMs;
    if (outcome === null) report.reject('bad-point', 'a flag evaluation names no flag or no variant');
    else if (timeMs === 0) report.reject('missing-time', 'a flag evaluation has no time');
    else {
      const { flag, variant } = outcome;
      const [traceId, spanId] = [this.traceId ?? '', this.spanId ?? ''];
      report.sink.flagEvaluation({ timeMs, traceId, spanId, resource, flag, variant });
    }
  }
}

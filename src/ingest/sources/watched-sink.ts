import type { TelemetrySink } from '../../domain/telemetry.ts';
import type { RowRefusal } from './reading.ts';

/** A sink that hands everything on and tells its listener what was refused. */
export function watchedSink(sink: TelemetrySink, onRefusal: (refusal: RowRefusal) => void): TelemetrySink {
  return {
    openStream: sink.openStream.bind(sink),
    numberPoint: sink.numberPoint.bind(sink),
    histogramPoint: sink.histogramPoint.bind(sink),
    exponentialPoint: sink.exponentialPoint.bind(sink),
    summaryPoint: sink.summaryPoint.bind(sink),
    span: sink.span.bind(sink),
    flagEvaluation: sink.flagEvaluation.bind(sink),
    reject: (code, place, reason) => {
      onRefusal({ code, place, reason });
      sink.reject(code, place, reason);
    },
  };
}

import type { StreamIdentity } from '../../../domain/telemetry.ts';
import type { RecordReport } from './record-report.ts';

/** As many metrics as are told of an overflow once each; further ones are told of it again and again. */
const MOST_OVERFLOWED = 1 << 16;
/** Names come from strangers; a finding shows only the head of a long one. */
const SHOWN_LENGTH = 200;

/** Opens streams with the sink, and tells once of each that stands for what an SDK no longer kept apart. */
export class StreamOpener {
  private readonly report: RecordReport;
  private readonly overflowed = new Set<number>();

  constructor(report: RecordReport) {
    this.report = report;
  }

  open(identity: StreamIdentity): number {
    const { report, overflowed } = this;
    const stream = report.sink.openStream(identity);
    if (identity.attributes.get('otel.metric.overflow') === 'true' && !overflowed.has(stream)) {
      if (overflowed.size < MOST_OVERFLOWED) overflowed.add(stream);
      report.reject('series-overflow', `metric ${shown(identity.metric)} ran into its cardinality limit`);
    }
    return stream;
  }
}

function shown(name: string): string {
  return name.length <= SHOWN_LENGTH ? name : `${name.slice(0, SHOWN_LENGTH)}…`;
}

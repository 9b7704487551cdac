import { AppError } from '../../../src/domain/error.ts';
import type { Receipt, RejectionReason, TelemetryWriter } from '../../../src/domain/telemetry-store.ts';
import { Intake } from '../../../src/ingest/routes/intake.ts';
import { RecordingSink } from '../formats/recording-sink.ts';

/** Keeps what was committed; refuses points of metrics named `refused…`, as a store refuses what lies beyond its limits. */
export class MemoryWriter implements TelemetryWriter {
  readonly sink = new RecordingSink();
  readonly stored: unknown[][] = [];
  commits = 0;
  outage: Error | null = null;
  /** Commits that still succeed before the outage. */
  grace = 0;

  async commit(): Promise<Receipt> {
    this.commits++;
    const staged = this.sink.calls.splice(0);
    const accepted = staged.filter(([, identity]) => !String((identity as unknown[])[2]).startsWith('refused'));
    const rejected = staged.length - accepted.length;
    await new Promise((resolve) => setImmediate(resolve));
    if (this.outage !== null && this.grace-- <= 0) throw this.outage;
    this.stored.push(...accepted);
    const reason: RejectionReason = { code: 'series-limit', count: rejected, where: 'tenant acme', detail: '2 series' };
    return { accepted: accepted.length, rejected, reasons: rejected === 0 ? [] : [reason] };
  }

  rollback(): void {
    this.sink.calls.splice(0);
  }
}

/** Of a store that refuses what it is told to refuse. */
export function intakeOf(refusal: () => AppError | null): Intake {
  return new Intake({ comingBytes: 0, refusal, expect: () => undefined }, { bodyBytes: 2 ** 30, allBytes: 2 ** 30 });
}

/** Lets everybody in. */
export const OPEN_INTAKE = intakeOf(() => null);

export class MemoryStore {
  readonly writers = new Map<string, MemoryWriter>();

  writerOf(tenant: string): MemoryWriter {
    const writer = this.writers.get(tenant) ?? new MemoryWriter();
    this.writers.set(tenant, writer);
    return writer;
  }
}

export function unavailable(retryAfterSeconds?: number): AppError {
  const details = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  return new AppError('unavailable', 'the telemetry store does not answer', details);
}

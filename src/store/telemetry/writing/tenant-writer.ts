import type { TelemetrySink } from '../../../domain/telemetry.ts';
import type { Receipt, TelemetryWriter } from '../../../domain/telemetry-store.ts';
import type { TelemetryLimits } from '../limits.ts';
import { AttributeBook } from './attribute-book.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { CredibleTime } from './credible-time.ts';
import { LayoutBook } from './layout-book.ts';
import { PendingRows } from './pending-rows.ts';
import { PointEncoder } from './point-encoder.ts';
import { SpanEncoder } from './span-encoder.ts';
import { StoreSink } from './store-sink.ts';
import { StreamRegistry } from './stream-registry.ts';
import { Tally } from './tally.ts';

/** Encodes the rows of a tenant and hands them to the queue of all. */
export class TenantWriter implements TelemetryWriter {
  readonly sink: TelemetrySink;
  readonly madeMs: number;
  readonly #queue: CommitQueue;
  readonly #pending = new PendingRows();
  readonly #tally = new Tally();
  readonly #streams: StreamRegistry;

  constructor(
    tenant: string,
    limits: TelemetryLimits,
    queue: CommitQueue,
    nowMs: () => number,
    time: () => CredibleTime,
    expected: ReadonlySet<string>,
  ) {
    const { tables } = this.#pending;
    this.#queue = queue;
    this.madeMs = nowMs();
    this.#streams = new StreamRegistry(tenant, limits, tables.streams, expected);
    this.sink = new StoreSink({
      streams: this.#streams,
      points: new PointEncoder(tenant, limits, tables.points, new LayoutBook(tables.layouts)),
      spans: new SpanEncoder(tenant, this.#pending, new AttributeBook(tenant, tables.attribute_sets)),
      pending: this.#pending,
      tally: this.#tally,
      limits,
      nowMs,
      time,
    });
  }

  /** Series were refused that a registry without those that ended would have a place for. */
  get isFull(): boolean {
    return this.#streams.hasReachedLimit;
  }

  /** Of the streams in use since then. */
  namesSince(ms: number): Set<string> {
    return this.#streams.namesSince(ms);
  }

  async commit(): Promise<Receipt> {
    const accepted = this.#pending.rows;
    const receipt = this.#tally.take(accepted);
    const isStored = this.#queue.add(this.#pending);
    await isStored;
    return receipt;
  }

  /** What streams and attributes were registered stays for the next commit: decoders go on using them. */
  rollback(): void {
    this.#pending.clearFacts();
    this.#tally.clear();
  }
}

import type { QualityCode } from '../../../domain/quality.ts';
import type { FlagEvaluation, Span } from '../../../domain/telemetry.ts';
import { LARGEST_MS, Nanoseconds } from '../nanoseconds.ts';
import type { AttributeBook } from './attribute-book.ts';
import type { PendingRows } from './pending-rows.ts';
import type { RowBuffer } from './row-buffer.ts';
import { SPAN_KINDS } from './tables.ts';

const TRACE_BYTES = 16;
const SPAN_BYTES = 8;
const FIXED_BYTES = 96;
const HEX = /^[0-9a-f]*$/;

/** Encodes spans and flag evaluations; answers why one cannot be stored, or null. */
export class SpanEncoder {
  readonly #tenant: string;
  readonly #pending: PendingRows;
  readonly #attributes: AttributeBook;
  readonly #nanoseconds = new Nanoseconds();

  constructor(tenant: string, pending: PendingRows, attributes: AttributeBook) {
    this.#tenant = tenant;
    this.#pending = pending;
    this.#attributes = attributes;
  }

  span(span: Span): QualityCode | null {
    if (!isTime(span.startMs) || !isTime(span.endMs)) return 'missing-time';
    const { traceId, spanId, parentSpanId, linkedSpanIds } = span;
    const ids = [spanId, parentSpanId, ...linkedSpanIds];
    if (!isId(traceId, TRACE_BYTES) || !ids.every((id) => isId(id, SPAN_BYTES))) return 'bad-span';
    const rows = this.#pending.tables.spans;
    rows.putText(this.#tenant);
    rows.reserve(FIXED_BYTES);
    rows.putHex(traceId, TRACE_BYTES);
    rows.putHex(spanId, SPAN_BYTES);
    rows.putHex(parentSpanId, SPAN_BYTES);
    this.#putTime(rows, span.startMs);
    this.#putTime(rows, span.endMs);
    rows.putByte(SPAN_KINDS.indexOf(span.kind));
    rows.putByte(Number(span.failed));
    rows.putText(span.name);
    rows.reserve(FIXED_BYTES);
    for (const attributes of [span.resource, span.attributes]) {
      const { low, high } = this.#attributes.find(attributes);
      rows.putHalves(low, high);
    }
    rows.putMap(span.flags);
    rows.reserve(5 + SPAN_BYTES * linkedSpanIds.length);
    rows.putLength(linkedSpanIds.length);
    for (const id of linkedSpanIds) rows.putHex(id, SPAN_BYTES);
    rows.rows++;
    return null;
  }

  evaluation({ timeMs, traceId, spanId, resource, flag, variant }: FlagEvaluation): QualityCode | null {
    if (!isTime(timeMs)) return 'missing-time';
    if (!isId(traceId, TRACE_BYTES) || !isId(spanId, SPAN_BYTES)) return 'bad-span';
    const rows = this.#pending.tables.evaluations;
    rows.putText(this.#tenant);
    rows.reserve(FIXED_BYTES);
    this.#putTime(rows, timeMs);
    rows.putHex(traceId, TRACE_BYTES);
    rows.putHex(spanId, SPAN_BYTES);
    const { low, high } = this.#attributes.find(resource);
    rows.putHalves(low, high);
    rows.putText(flag);
    rows.putText(variant);
    rows.rows++;
    return null;
  }

  #putTime(rows: RowBuffer, ms: number): void {
    this.#nanoseconds.set(ms);
    rows.putHalves(this.#nanoseconds.low, this.#nanoseconds.high);
  }
}

function isTime(ms: number): boolean {
  return Math.abs(ms) < LARGEST_MS;
}

function isId(id: string, bytes: number): boolean {
  return id === '' || (id.length === 2 * bytes && HEX.test(id));
}

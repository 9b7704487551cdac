import type { SpanKind } from '../../domain/telemetry.ts';
import { grown } from './typed-columns.ts';

/** What one span comes down to. Texts and sets are numbers of their tables; -1: none. */
export interface SpanRow {
  readonly idLow: number;
  readonly idHigh: number;
  readonly parentLow: number;
  readonly parentHigh: number;
  readonly hasParent: boolean;
  readonly startMs: number;
  readonly endMs: number;
  readonly role: Role;
  readonly isError: boolean;
  readonly isSynthetic: boolean;
  readonly reporter: number;
  readonly endpoint: number;
  readonly peer: number;
  readonly operation: number;
  /** Hash of the address called, without its query; 0: unknown. */
  readonly address: number;
  /** -1: the span does not say. */
  readonly resendCount: number;
  readonly exposure: number;
  readonly flags: number;
}

/** Server and consumer spans are requests, client and producer spans attempts of calls. */
export const ROLE = { request: 0, attempt: 1, internal: 2 } as const;
export type Role = (typeof ROLE)[keyof typeof ROLE];

export function roleOf(kind: SpanKind): Role {
  if (kind === 'server' || kind === 'consumer') return ROLE.request;
  return kind === 'client' || kind === 'producer' ? ROLE.attempt : ROLE.internal;
}

const HAS_PARENT = 4;
const IS_ERROR = 8;
const IS_SYNTHETIC = 16;
const ROLE_BITS = 3;

/** Spans by column, about 70 bytes each. */
export class SpanTable {
  rows = 0;
  firstMs = Number.POSITIVE_INFINITY;
  lastMs = Number.NEGATIVE_INFINITY;
  idLow = new Uint32Array(0);
  idHigh = new Uint32Array(0);
  parentLow = new Uint32Array(0);
  parentHigh = new Uint32Array(0);
  startMs = new Float64Array(0);
  endMs = new Float64Array(0);
  reporter = new Int32Array(0);
  endpoint = new Int32Array(0);
  peer = new Int32Array(0);
  operation = new Int32Array(0);
  address = new Uint32Array(0);
  resendCount = new Int32Array(0);
  exposure = new Int32Array(0);
  flags = new Int32Array(0);
  #bits = new Uint8Array(0);
  /** Ids, as pairs of low and high, of the spans a row links to; few rows have any. */
  readonly links = new Map<number, Uint32Array>();

  add(span: SpanRow): number {
    const row = this.rows++;
    if (row >= this.#bits.length) this.#grow(row + 1);
    this.idLow[row] = span.idLow;
    this.idHigh[row] = span.idHigh;
    this.parentLow[row] = span.parentLow;
    this.parentHigh[row] = span.parentHigh;
    this.startMs[row] = span.startMs;
    this.endMs[row] = span.endMs;
    this.reporter[row] = span.reporter;
    this.endpoint[row] = span.endpoint;
    this.peer[row] = span.peer;
    this.operation[row] = span.operation;
    this.address[row] = span.address;
    this.resendCount[row] = span.resendCount;
    this.exposure[row] = span.exposure;
    this.flags[row] = span.flags;
    let bits: number = span.role;
    if (span.hasParent) bits |= HAS_PARENT;
    if (span.isError) bits |= IS_ERROR;
    if (span.isSynthetic) bits |= IS_SYNTHETIC;
    this.#bits[row] = bits;
    this.firstMs = Math.min(this.firstMs, span.startMs);
    this.lastMs = Math.max(this.lastMs, span.endMs);
    return row;
  }

  role(row: number): Role {
    return (this.#bits[row]! & ROLE_BITS) as Role;
  }

  hasParent(row: number): boolean {
    return (this.#bits[row]! & HAS_PARENT) !== 0;
  }

  isError(row: number): boolean {
    return (this.#bits[row]! & IS_ERROR) !== 0;
  }

  isSynthetic(row: number): boolean {
    return (this.#bits[row]! & IS_SYNTHETIC) !== 0;
  }

  #grow(rows: number): void {
    this.idLow = grown(this.idLow, rows);
    this.idHigh = grown(this.idHigh, rows);
    this.parentLow = grown(this.parentLow, rows);
    this.parentHigh = grown(this.parentHigh, rows);
    this.startMs = grown(this.startMs, rows);
    this.endMs = grown(this.endMs, rows);
    this.reporter = grown(this.reporter, rows);
    this.endpoint = grown(this.endpoint, rows);
    this.peer = grown(this.peer, rows);
    this.operation = grown(this.operation, rows);
    this.address = grown(this.address, rows);
    this.resendCount = grown(this.resendCount, rows);
    this.exposure = grown(this.exposure, rows);
    this.flags = grown(this.flags, rows);
    this.#bits = grown(this.#bits, rows);
  }
}

import { type CallEdge, UNKNOWN_PEER } from '../../domain/cells.ts';
import type { Attributes, FlagEvaluation, Span } from '../../domain/telemetry.ts';
import type { Protocol, Side } from '../conventions/protocol.ts';
import {
  endpointOf,
  firstOf,
  isError,
  isSynthetic,
  peerOf,
  peerServiceOf,
  protocolOfSpan,
} from '../conventions/reading.ts';
import { AttributeSets } from './attribute-sets.ts';
import { type Reporter, reporterKey, reporterOf } from './cell-key.ts';
import { flagAttribute, flagsAndConfig, namedAttributes, united } from './exposure.ts';
import { TextNumbering, textKey } from './identity.ts';
import { LoggedFlags } from './logged-flags.ts';
import type { QualityCounter } from './quality-counter.ts';
import { SpanId } from './span-id.ts';
import { ROLE, type Role, roleOf, SpanTable } from './span-table.ts';

const NONE = -1;
const ADDRESS_ATTRIBUTES = ['url.full', 'http.url', 'url.path', 'http.target'];
const TEMPLATE_ATTRIBUTES = ['url.template'];
const METHOD_ATTRIBUTES = ['http.request.method', 'http.method'];
const RESEND_ATTRIBUTES = ['http.request.resend_count', 'http.resend_count'];

/** Stores spans as rows of numbers. */
export class SpanSink {
  received = 0;
  readonly table = new SpanTable();
  readonly texts = new TextNumbering();
  readonly sets = new AttributeSets();
  readonly reporters: Reporter[] = [];
  readonly loggedFlags = new LoggedFlags();
  /** Names of services behind addresses, as callers give them. */
  readonly namedPeers = new Map<string, CallEdge>();
  readonly #exposureAttributes: ReadonlySet<string>;
  readonly #quality: QualityCounter;
  readonly #reporterOfResource = new WeakMap<Attributes, number>();
  readonly #reporterNumbers = new Map<string, number>();
  readonly #id = new SpanId();

  constructor(exposureAttributes: ReadonlySet<string>, quality: QualityCounter) {
    this.#exposureAttributes = exposureAttributes;
    this.#quality = quality;
  }

  span(span: Span): void {
    this.received++;
    const { attributes, startMs, endMs } = span;
    if (!Number.isFinite(startMs) || !Number.isFinite(endMs)) {
      this.#quality.add('bad-span', span.name, 'no time');
      return;
    }
    const role = roleOf(span.kind);
    const protocol = protocolOfSpan(attributes);
    const side = role === ROLE.request ? 'server' : 'client';
    const id = this.#id;
    id.set(span.traceId, span.spanId);
    const { low: idLow, high: idHigh } = id;
    id.set(span.traceId, span.parentSpanId);
    const row = this.table.add({
      idLow,
      idHigh,
      parentLow: id.low,
      parentHigh: id.high,
      hasParent: span.parentSpanId !== '',
      startMs,
      endMs: Math.max(startMs, endMs),
      role,
      isError: span.failed || isError(protocol, side, attributes),
      isSynthetic: isSynthetic(attributes),
      reporter: this.#reporter(span.resource),
      ...this.#place(span, role, protocol, side),
      exposure: this.sets.numberOf(namedAttributes(attributes, this.#exposureAttributes)),
      flags: this.sets.numberOf(flagsOf(span)),
    });
    if (role === ROLE.attempt && span.linkedSpanIds.length > 0) {
      this.table.links.set(row, this.#ids(span.traceId, span.linkedSpanIds));
    }
  }

  flagEvaluation(evaluation: FlagEvaluation): void {
    if (evaluation.spanId === '') return;
    this.#id.set(evaluation.traceId, evaluation.spanId);
    const flags = this.sets.numberOf(new Map([[flagAttribute(evaluation.flag), evaluation.variant]]));
    this.loggedFlags.add(this.#id.low, this.#id.high, flags);
  }

  /** Versions as they are known when all has come; reporters that do not differ any more become one. */
  settle(settled: (reporter: Reporter) => Reporter): void {
    const before = this.reporters.splice(0);
    this.#reporterNumbers.clear();
    const numbers = before.map((reporter) => this.#numberOf(settled(reporter)));
    const { reporter, rows } = this.table;
    for (let row = 0; row < rows; row++) reporter[row] = numbers[reporter[row]!]!;
  }

  /** Where a request was served, or whom an attempt called for what. */
  #place(span: Span, role: Role, protocol: Protocol, side: Side) {
    const { attributes } = span;
    const nowhere = { endpoint: NONE, peer: NONE, operation: NONE, address: 0, resendCount: NONE };
    if (role === ROLE.internal) return nowhere;
    const endpoint = endpointOf(protocol, side, attributes);
    if (role === ROLE.request)
      return { ...nowhere, endpoint: endpoint === null ? NONE : this.texts.numberOf(endpoint) };
    const method = firstOf(attributes, METHOD_ATTRIBUTES);
    const template = firstOf(attributes, TEMPLATE_ATTRIBUTES);
    const operation = `${method ?? ''} ${endpoint ?? template ?? (method === null ? span.name : '')}`;
    return {
      ...nowhere,
      peer: this.#peer(span, peerOf(protocol, attributes) ?? UNKNOWN_PEER),
      operation: this.texts.numberOf(operation),
      address: this.#address(attributes),
      resendCount: resendCountOf(attributes),
    };
  }

  #peer({ attributes, resource }: Span, peer: string): number {
    const number = this.texts.numberOf(peer);
    const calleeService = peerServiceOf(attributes);
    if (calleeService === null || calleeService === peer) return number;
    const { service } = this.reporters[this.#reporter(resource)]!;
    const key = `${textKey(service)}${number}/${calleeService}`;
    if (!this.namedPeers.has(key)) this.namedPeers.set(key, { service, endpoint: null, peer, calleeService });
    return number;
  }

  #address(attributes: Attributes): number {
    const address = firstOf(attributes, ADDRESS_ATTRIBUTES);
    if (address === null) return 0;
    this.#id.set('', address.split('?', 1)[0] ?? '');
    return this.#id.low;
  }

  #ids(traceId: string, spanIds: readonly string[]): Uint32Array {
    return Uint32Array.from(
      spanIds.flatMap((spanId) => {
        this.#id.set(traceId, spanId);
        return [this.#id.low, this.#id.high];
      }),
    );
  }

  #reporter(resource: Attributes): number {
    const known = this.#reporterOfResource.get(resource);
    if (known !== undefined) return known;
    const reporter = reporterOf(resource, this.#exposureAttributes);
    const number = this.#numberOf(reporter);
    this.#reporterOfResource.set(resource, number);
    return number;
  }

  #numberOf(reporter: Reporter): number {
    const key = reporterKey(reporter);
    const number = this.#reporterNumbers.get(key) ?? this.reporters.push(reporter) - 1;
    this.#reporterNumbers.set(key, number);
    return number;
  }
}

function flagsOf(span: Span): Attributes {
  const stated = flagsAndConfig(span.attributes);
  if (span.flags.size === 0) return stated;
  const evaluated = new Map([...span.flags].map(([flag, variant]) => [flagAttribute(flag), variant]));
  return united(stated, evaluated);
}

function resendCountOf(attributes: Attributes): number {
  const text = firstOf(attributes, RESEND_ATTRIBUTES);
  const count = text === null ? Number.NaN : Number(text);
  return Number.isInteger(count) && count >= 0 && count < 2 ** 31 ? count : NONE;
}

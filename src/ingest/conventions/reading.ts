import type { Attributes } from '../../domain/telemetry.ts';
import type { Alternatives, EndpointRule, Protocol, Side } from './protocol.ts';
import { GENERIC, SPAN_PROTOCOLS } from './protocols.ts';

/** Where the SDK puts everything beyond its cardinality limit (OpenTelemetry metrics SDK, cardinality limits). */
const OVERFLOW_ATTRIBUTE = 'otel.metric.overflow';
const OVERFLOW_ENDPOINT = '(overflow)';
const PEER_SERVICE: Alternatives = ['peer.service', 'service.peer.name'];
const SYNTHETIC_ATTRIBUTE = 'user_agent.synthetic.type';
const ERROR_TYPE = 'error.type';
/** What is read beside the tables of the protocols. */
export const OTHER_READ_ATTRIBUTES: Alternatives = [
  OVERFLOW_ATTRIBUTE,
  ...PEER_SERVICE,
  SYNTHETIC_ATTRIBUTE,
  ERROR_TYPE,
];

/** The first of the named attributes that is present and not empty. */
export function firstOf(attributes: Attributes, names: Alternatives): string | null {
  for (const name of names) {
    const value = attributes.get(name);
    if (value !== undefined && value !== '') return value;
  }
  return null;
}

/** Null: the traffic belongs to the service as a whole. */
export function endpointOf(protocol: Protocol, side: Side, attributes: Attributes): string | null {
  if (isOverflow(attributes)) return OVERFLOW_ENDPOINT;
  for (const rule of protocol.endpoints) {
    if (rule.side !== undefined && rule.side !== side) continue;
    const endpoint = applyRule(rule, attributes);
    if (endpoint !== null) return endpoint;
  }
  return null;
}

function applyRule(rule: EndpointRule, attributes: Attributes): string | null {
  const parts: string[] = [];
  for (const names of rule.required) {
    const part = firstOf(attributes, names);
    if (part === null) return null;
    parts.push(part);
  }
  for (const names of rule.optional ?? []) {
    const part = firstOf(attributes, names);
    if (part !== null) parts.push(part);
  }
  return joinParts(parts, rule.separator) + (rule.suffix ?? '');
}

/** A fully qualified last part (`pkg.Service/Method`) already says what comes before it. */
function joinParts(parts: readonly string[], separator: string): string {
  const last = parts.at(-1) ?? '';
  const qualified = parts.length === 2 && last.startsWith(`${parts[0]}${separator}`);
  return qualified ? last : parts.join(separator);
}

/** Who is called, or null where the attributes do not say. */
export function peerOf(protocol: Protocol, attributes: Attributes): string | null {
  const peer = firstOf(attributes, protocol.peers);
  return peer !== null && peer === attributes.get('grpc.target') ? hostOfTarget(peer) : peer;
}

/** What a caller calls the service behind a peer, where it knows that beside an address. */
export function peerServiceOf(attributes: Attributes): string | null {
  return firstOf(attributes, PEER_SERVICE);
}

/** The host of a gRPC target such as `dns:///orders.internal:443` (grpc/grpc, doc/naming.md). */
function hostOfTarget(target: string): string {
  const endpoint = target.slice(target.lastIndexOf('/') + 1);
  const host = endpoint.replace(/:\d+$/, '');
  return host === '' ? target : host;
}

export function isError(protocol: Protocol, side: Side, attributes: Attributes): boolean {
  if ((attributes.get(ERROR_TYPE) ?? '') !== '') return true;
  const rule = protocol.status;
  if (rule === null) return false;
  const status = firstOf(attributes, rule.attributes);
  if (status === null) return false;
  if (rule.kind === 'from') return Number(status) >= rule[side];
  const name = status.toUpperCase();
  return !rule.success.includes(name) && !(side === 'server' && rule.callersFault.includes(name));
}

/** Whether the attributes say how the request ended. */
export function tellsOutcome(protocol: Protocol, attributes: Attributes): boolean {
  if (protocol.silenceIsSuccess || attributes.has(ERROR_TYPE)) return true;
  return protocol.status !== null && firstOf(attributes, protocol.status.attributes) !== null;
}

export function isSynthetic(attributes: Attributes): boolean {
  return (attributes.get(SYNTHETIC_ATTRIBUTE) ?? '') !== '';
}

function isOverflow(attributes: Attributes): boolean {
  return attributes.get(OVERFLOW_ATTRIBUTE) === 'true';
}

export function protocolOfSpan(attributes: Attributes): Protocol {
  return SPAN_PROTOCOLS.find((protocol) => firstOf(attributes, protocol.marks) !== null) ?? GENERIC;
}

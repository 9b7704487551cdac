import type { Attributes } from '../../../src/domain/telemetry.ts';
import type { Call, EndpointLoad, TrafficKind } from './written-scenario.ts';

/** Why an attempt was not answered well: by a status, or for want of one. */
export type Outcome = 'ok' | '500' | 'timeout' | 'connection_reset';

/** Equal attributes are one object, kept with the endpoint or call they belong to. */
const byOwner = new WeakMap<object, Map<string, Attributes>>();

/** By the OpenTelemetry semantic conventions for HTTP. */
export function serverAttributes(endpoint: EndpointLoad, failed: boolean, kind: TrafficKind | null): Attributes {
  return kept(endpoint, `${kind?.value} ${failed}`, () => {
    const [method, route] = partsOf(endpoint.name);
    return new Map([
      ['http.request.method', method],
      ['http.route', route],
      ['http.response.status_code', failed ? '500' : '200'],
      ...(kind === null || endpoint.kinds === null ? [] : [[endpoint.kinds.attribute, kind.value] as const]),
    ]);
  });
}

/** Calls of one request differ in their address. */
export function clientAttributes(call: Call, nth: number, attempt: number, outcome: Outcome): Attributes {
  return kept(call, `${nth} ${attempt} ${outcome}`, () => {
    const [method, route] = partsOf(call.endpoint ?? 'POST /');
    const isStatus = outcome === 'ok' || outcome === '500';
    return new Map([
      ['http.request.method', method],
      ['server.address', call.peer],
      ['url.full', `http://${call.peer}${route}/${nth + 1}`],
      isStatus ? ['http.response.status_code', outcome === 'ok' ? '200' : outcome] : ['error.type', outcome],
      ...(attempt === 0 ? [] : [['http.request.resend_count', String(attempt)] as const]),
    ]);
  });
}

function partsOf(endpoint: string): [string, string] {
  const space = endpoint.indexOf(' ');
  return [endpoint.slice(0, space), endpoint.slice(space + 1)];
}

function kept(owner: object, key: string, make: () => Attributes): Attributes {
  const ofOwner = byOwner.get(owner) ?? new Map<string, Attributes>();
  byOwner.set(owner, ofOwner);
  const attributes = ofOwner.get(key) ?? make();
  ofOwner.set(key, attributes);
  return attributes;
}

/** Ids as long as OTLP wants them, counted up. */
export function spanIds(): { trace(): string; span(): string } {
  let traces = 0;
  let spans = 0;
  return {
    trace: () => (++traces).toString(16).padStart(32, '0'),
    span: () => (++spans).toString(16).padStart(16, '0'),
  };
}

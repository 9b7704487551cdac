import { describe, expect, it } from 'vitest';
import { readScenario } from '../../bench/evaluate/scenarios/read-scenario.ts';
import { simulate } from '../../bench/evaluate/scenarios/simulate.ts';
import type { Span } from '../../src/domain/telemetry.ts';

const POST_START_MS = Date.UTC(2026, 10, 20, 3);

/** An hour of baseline and one of post, without noise of instances or minutes: what is stated is what is drawn. */
function spansOf(load: string, change = '', seed = 1): Span[] {
  const text = `# A world.\nload\n${load}\n  baseline 60 min, post 60 min\n  instances differ by 0 %\n  minutes differ by 0 %\nchange\n${change}\nexpect\n  verdict regressed\n${expectations(change)}`;
  const spans: Span[] = [];
  simulate(readScenario(text, 'made-up.scenario'), seed, (span) => spans.push(span));
  return spans;
}

function expectations(change: string): string {
  return [...change.matchAll(/^ {2}(\w+) (\S+)/gm)]
    .filter(([, kind]) => kind !== 'trouble')
    .map(([, , id]) => `  ${id} blamed`)
    .join('\n');
}

const isBefore = ({ startMs }: Span): boolean => startMs < POST_START_MS;
const ofKind = (spans: readonly Span[], kind: Span['kind']): Span[] => spans.filter((span) => span.kind === kind);

function latency(spans: readonly Span[], quantile: number): number {
  const sorted = spans.map(({ startMs, endMs }) => endMs - startMs).sort((a, b) => a - b);
  return sorted[Math.floor(quantile * sorted.length)] ?? Number.NaN;
}

function share(spans: readonly Span[], holds: (span: Span) => boolean): number {
  return spans.filter(holds).length / spans.length;
}

const GATEWAY = `  service gateway on 4 instances
    endpoint "POST /orders", 300 requests/min, p50 50 ms, p99 200 ms, errors 2 %`;

describe('the simulator', () => {
  it('draws the requests, latencies and errors that are stated, on all instances alike', () => {
    const spans = spansOf(GATEWAY);
    expect(spans.length / 122 / 300).toBeCloseTo(1, 1);
    expect(latency(spans, 0.5) / 50).toBeCloseTo(1, 1);
    expect(latency(spans, 0.99) / 200).toBeCloseTo(1, 1);
    expect(share(spans, ({ failed }) => failed)).toBeCloseTo(0.02, 2);
    for (const number of [1, 2, 3, 4]) {
      const here = ({ resource }: Span) => resource.get('service.instance.id') === `gateway-${number}`;
      expect(share(spans, here)).toBeCloseTo(0.25, 1);
    }
  });

  it('draws the same from the same seed, and something else from another', () => {
    expect(spansOf(GATEWAY, '', 3)).toEqual(spansOf(GATEWAY, '', 3));
    expect(spansOf(GATEWAY, '', 4)).not.toEqual(spansOf(GATEWAY, '', 3));
  });

  it('changes only who meets a change, from its time on, and shows who did', () => {
    const spans = spansOf(
      GATEWAY,
      `  flag fast of gateway from off to on at +30 min for 20 % of the requests\n    latency x 0.5, errors x 3\n  binary gateway-2 of gateway from 1 to 2 at +0 min on instances 2 to 3`,
    );
    const on = spans.filter(({ flags }) => flags.get('fast') === 'on');
    const off = spans.filter(({ flags }) => flags.get('fast') === 'off');
    expect(on.length + off.length).toBe(spans.length);
    expect(Math.min(...on.map(({ startMs }) => startMs))).toBeGreaterThanOrEqual(POST_START_MS + 30 * 60_000);
    expect(on.length / (30 * 300)).toBeCloseTo(0.2, 1);
    expect(latency(on, 0.5) / 25).toBeCloseTo(1, 1);
    expect(latency(off, 0.5) / 50).toBeCloseTo(1, 1);
    expect(share(on, ({ failed }) => failed)).toBeGreaterThan(0.04);
    const isNew = ({ resource }: Span) => resource.get('service.version') === '2';
    const instances = new Set(spans.filter(isNew).map(({ resource }) => resource.get('service.instance.id')));
    expect([...instances].sort()).toEqual(['gateway-2', 'gateway-3']);
    expect(spans.filter(isNew).some(isBefore)).toBe(false);
  });

  it('lets what grows do so evenly, on each instance from the time it met it on', () => {
    const spans = spansOf(
      GATEWAY,
      '  binary gateway-2 of gateway from 1 to 2 at +0 min one instance every 10 min\n    latency x 3 growing over 20 min',
    );
    const medianAt = (number: number, fromMinute: number): number =>
      latency(
        spans.filter(({ resource, startMs }) => {
          const minute = (startMs - POST_START_MS) / 60_000 - fromMinute;
          return resource.get('service.instance.id') === `gateway-${number}` && minute >= 0 && minute < 4;
        }),
        0.5,
      ) / 50;
    expect(medianAt(1, 8)).toBeCloseTo(2, 0);
    expect(medianAt(1, 40)).toBeCloseTo(3, 0);
    expect(medianAt(4, 24)).toBeCloseTo(1, 0);
    expect(medianAt(4, 38)).toBeCloseTo(2, 0);
  });

  it('makes only the slowest part slower where that is stated, and leaves the rest', () => {
    const change =
      '  config pool of gateway from 1 to 2 at +0 min on all instances\n    latency of the slowest 10 % x 2';
    const [before, after] = [true, false].map((wanted) =>
      spansOf(GATEWAY, change).filter((span) => isBefore(span) === wanted),
    );
    expect(latency(after!, 0.5) / latency(before!, 0.5)).toBeCloseTo(1, 1);
    expect(latency(after!, 0.99) / latency(before!, 0.99)).toBeCloseTo(2, 0);
  });

  it('does harm together only where both were met', () => {
    const spans = spansOf(
      GATEWAY,
      `  flag fast of gateway from off to on at +0 min for 50 % of the requests\n    latency x 4 with gateway-2\n  binary gateway-2 of gateway from 1 to 2 at +0 min on instances 1 to 2`,
    );
    const where = (variant: string, version: string) =>
      spans.filter(
        ({ flags, resource }) => flags.get('fast') === variant && resource.get('service.version') === version,
      );
    expect(latency(where('on', '2'), 0.5) / 200).toBeCloseTo(1, 1);
    expect(latency(where('on', '1'), 0.5) / 50).toBeCloseTo(1, 1);
    expect(latency(where('off', '2'), 0.5) / 50).toBeCloseTo(1, 1);
  });

  it('repeats attempts whose answer was lost or late, with the work done by the callee all the same', () => {
    const load = (call: string) =>
      `  service shop on 2 instances\n    endpoint "GET /a", 200 requests/min, p50 1 ms\n      calls stock "GET /b", ${call}\n  service stock on 2 instances\n    endpoint "GET /b", p50 20 ms`;
    const lost = spansOf(load('retries 10 %'));
    const requests = lost.filter(({ parentSpanId }) => parentSpanId === '').length;
    const attempts = ofKind(lost, 'client');
    expect(attempts.length / requests).toBeCloseTo(1 + 0.1 + 0.01, 1);
    expect(ofKind(lost, 'server').length).toBe(attempts.length + requests);
    const resent = attempts.filter(({ attributes }) => attributes.has('http.request.resend_count'));
    expect(resent.length / requests).toBeCloseTo(0.11, 1);
    const late = ofKind(spansOf(load('timeout 20 ms')), 'client');
    expect(latency(late, 0.999)).toBeLessThanOrEqual(20);
    expect(share(late, ({ attributes }) => attributes.get('error.type') === 'timeout')).toBeGreaterThan(0.4);
  });

  it('contains the time of the callee in that of its caller', () => {
    const spans = spansOf(
      `  service shop on 2 instances\n    endpoint "GET /a", 50 requests/min, p50 1 ms\n      calls stock "GET /b"\n      calls bank.example.com, p50 30 ms\n  service stock on 2 instances\n    endpoint "GET /b", p50 20 ms`,
    );
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const inner = spans.filter(({ parentSpanId }) => parentSpanId !== '');
    const isWithin = ({ startMs, endMs, parentSpanId }: Span) => {
      const outer = byId.get(parentSpanId);
      return outer !== undefined && outer.startMs <= startMs && endMs <= outer.endMs;
    };
    expect(inner.every(isWithin)).toBe(true);
    expect(inner.length).toBe(3 * (spans.length - inner.length));
  });

  it('makes requests queue when the load comes near the capacity', () => {
    const load = GATEWAY.replace('4 instances', '4 instances, capacity 1200 requests/min');
    const spans = spansOf(load, '  traffic campaign of gateway at +0 min\n    requests x 3');
    expect(latency(spans.filter(isBefore), 0.5) / (50 / 0.75)).toBeCloseTo(1, 1);
    expect(
      latency(
        spans.filter((span) => !isBefore(span)),
        0.5,
      ) /
        (50 / 0.25),
    ).toBeCloseTo(1, 0);
  });

  it('shifts the mix of traffic and leaves each kind as it was', () => {
    const load = `${GATEWAY}\n      kinds by client.type web 80 %, batch 20 % latency x 4`;
    const spans = spansOf(load, '  trouble of gateway at +0 min on all instances\n    share of batch x 2');
    const isBatch = ({ attributes }: Span) => attributes.get('client.type') === 'batch';
    const [before, after] = [true, false].map((wanted) => spans.filter((span) => isBefore(span) === wanted));
    expect(share(before!, isBatch)).toBeCloseTo(0.2, 1);
    expect(share(after!, isBatch)).toBeCloseTo(0.4, 1);
    expect(latency(after!.filter(isBatch), 0.5) / 200).toBeCloseTo(1, 1);
  });
});

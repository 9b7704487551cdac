import { uncompress } from 'snappyjs';
import { describe, expect, it } from 'vitest';
import { BackwardWriter } from '../../bench/load/backward-writer.ts';
import { BOUNDS_SECONDS, emptyPoint, type FleetPlan, streamOf, timeOf, walk } from '../../bench/load/fleet-walk.ts';
import { OtlpFleet } from '../../bench/load/otlp-request.ts';
import { RemoteWriteFleet } from '../../bench/load/remote-write-request.ts';
import { openDecoder } from '../../src/ingest/formats/open-decoder.ts';
import { RemoteWriteDecoder } from '../../src/ingest/formats/remote-write/remote-write-decoder.ts';
import { WriteTally } from '../../src/ingest/formats/remote-write/write-tally.ts';
import { ledgerBody } from '../chaos/ledger/ledger-request.ts';
import { deltaPoints } from '../chaos/ledger/plan.ts';
import { planOf } from '../chaos/trial.ts';
import { RecordingSink } from '../store/telemetry/recording-sink.ts';

const PLAN: FleetPlan = {
  seed: 7,
  startMs: Date.UTC(2026, 0, 5),
  intervalMs: 60_000,
  clients: 2,
  resourcesPerClient: 2,
  endpointsPerResource: 3,
};

function decodedOtlp(bytes: Uint8Array, contentType = 'application/x-protobuf'): RecordingSink {
  const sink = new RecordingSink();
  expect(openDecoder(contentType, 'metrics', sink)?.decode(bytes, 'request').problem).toBeNull();
  expect(sink.findings).toEqual([]);
  return sink;
}

describe('a load of the bench', () => {
  it('is a function of its plan, the client and the request, whatever was made before', () => {
    const one = new OtlpFleet(PLAN, new BackwardWriter());
    const other = new OtlpFleet(PLAN, new BackwardWriter());
    one.requestOf(0, 3);
    expect(one.requestOf(1, 2)).toEqual(other.requestOf(1, 2));
    expect(one.requestOf(1, 2)).not.toEqual(one.requestOf(1, 3));
  });

  it('never falls from one round to the next, in any bucket', () => {
    const [before, after] = [emptyPoint(), emptyPoint()];
    for (let stream = 0; stream < 50; stream++) {
      for (let round = 0; round < 50; round++) {
        walk(PLAN, stream, round, before);
        walk(PLAN, stream, round + 1, after);
        expect(after.buckets.every((counted, index) => counted >= before.buckets[index]!)).toBe(true);
        expect(after.sum).toBeGreaterThanOrEqual(before.sum);
      }
    }
  });

  it('says in OTLP what the walk says', () => {
    const { points } = decodedOtlp(new OtlpFleet(PLAN, new BackwardWriter()).requestOf(1, 4));
    expect(points).toHaveLength(PLAN.resourcesPerClient * PLAN.endpointsPerResource);
    for (const [index, point] of points.entries()) {
      const wanted = emptyPoint();
      walk(PLAN, streamOf(PLAN, 1, 0, 0) + index, 4, wanted);
      expect(point).toMatchObject({ count: wanted.count, sum: wanted.sum, shape: BOUNDS_SECONDS });
      expect(point).toMatchObject({ startMs: PLAN.startMs, timeMs: timeOf(PLAN, 4), buckets: [...wanted.buckets] });
      expect(point.identity.temporality).toBe('cumulative');
    }
  });

  it('says the same in remote write, as classic histograms', () => {
    const request = new RemoteWriteFleet(PLAN, new BackwardWriter()).requestOf(1, 4 * PLAN.resourcesPerClient + 1);
    const sink = new RecordingSink();
    const tally = new WriteTally();
    new RemoteWriteDecoder(sink).decode('prometheus.WriteRequest', uncompress(request), 'samples', tally);
    const wanted = emptyPoint();
    walk(PLAN, streamOf(PLAN, 1, 1, 0), 4, wanted);
    const first = sink.points.slice(0, BOUNDS_SECONDS.length + 3);
    let below = 0;
    const cumulative = [...wanted.buckets].map((counted) => {
      below += counted;
      return below;
    });
    expect(first.map(({ count }) => count)).toEqual([...cumulative, wanted.count, wanted.sum]);
    expect(sink.points).toHaveLength(PLAN.endpointsPerResource * (BOUNDS_SECONDS.length + 3));
    expect(new Set(sink.points.map(({ timeMs }) => timeMs))).toEqual(new Set([timeOf(PLAN, 4)]));
  });
});

describe('a request of the ledger', () => {
  const plan = planOf({ clients: 2, deltaSlots: 4, cumulativeSlots: 2 });

  it.each(['protobuf', 'json'] as const)('says in %s what was planned', (encoding) => {
    const { bytes, contentType } = ledgerBody(plan, 1, 7, encoding);
    const { points } = decodedOtlp(bytes, contentType);
    const wanted = deltaPoints(plan, 1, 7);
    expect(points.map(({ count, sum, startMs, timeMs }) => ({ count, sum, startMs, timeMs }))).toEqual(
      wanted.map(({ count, sum, startMs, timeMs }) => ({ count, sum, startMs, timeMs })),
    );
  });

  it('holds cumulative points at the end of each minute', () => {
    const { bytes, contentType } = ledgerBody(plan, 1, 59, 'protobuf');
    const { points } = decodedOtlp(bytes, contentType);
    expect(points.filter(({ identity }) => identity.temporality === 'cumulative')).toHaveLength(2);
  });
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/error.ts';
import type { Span } from '../../../src/domain/telemetry.ts';
import type { ClickHouseTelemetryStore } from '../../../src/store/telemetry/clickhouse-telemetry-store.ts';
import { DEFAULT_LIMITS } from '../../../src/store/telemetry/limits.ts';
import { attributes, identity, span } from '../../ingest/folding/telemetry-fixture.ts';
import { describeWithEngine, openStore, temporaryFolder } from './opened-store.ts';
import { RecordingSink } from './recording-sink.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const DAY = 86_400_000;

describeWithEngine('a writer', () => {
  const folder = temporaryFolder();
  let store: ClickHouseTelemetryStore;
  let nowMs = NOW;
  beforeAll(async () => {
    store = await openStore(folder.path, { limits: { ...DEFAULT_LIMITS, activeSeries: 3 }, nowMs: () => nowMs });
  });
  afterAll(async () => {
    await store.close();
    folder.remove();
  });

  const gauge = (name: string, values: Record<string, string> = {}) =>
    identity({ metric: name, kind: 'gauge', temporality: 'instant', attributes: attributes(values) });

  it('refuses points too far ahead or back and takes the others', async () => {
    const writer = store.writerOf('times');
    const stream = writer.sink.openStream(gauge('m'));
    for (const ms of [NOW, NOW + 11 * 60_000, NOW - 8 * DAY, NOW - 6 * DAY, 1e18, NOW + 9 * 60_000, 0, Number.NaN]) {
      writer.sink.numberPoint(stream, Number.NaN, ms, 1);
    }
    const receipt = await writer.commit();
    expect(receipt).toMatchObject({ accepted: 3, rejected: 5 });
    expect(receipt.reasons.map(({ code, count }) => [code, count])).toEqual([
      ['time-out-of-range', 4],
      ['missing-time', 1],
    ]);
    expect(await store.latestMs('times')).toBe(NOW + 9 * 60_000);
  });

  it('names the service and the instance whose clock is off, without what could steer a terminal', async () => {
    const writer = store.writerOf('clocks');
    const resource = attributes({ 'service.name': 'cart\u001b[2J', 'service.instance.id': `i${'x'.repeat(500)}` });
    const metric = `m\u202e${'y'.repeat(200)}`;
    const stream = writer.sink.openStream({ ...gauge(metric), resource });
    writer.sink.numberPoint(stream, Number.NaN, NOW - 8 * DAY, 1);
    const [reason] = (await writer.commit()).reasons;
    const shownId = `i${'x'.repeat(79)}…`;
    expect(reason).toMatchObject({
      where: `m\\u{202e}${'y'.repeat(78)}… of service.name "cart\\u001b[2J", service.instance.id "${shownId}"`,
      detail: expect.stringContaining('at 2026-11-12T12:00:00.000Z; the limits are 10 minutes ahead and 7 days ago'),
    });
  });

  it('names as much of who sent a refused span or flag evaluation as is told', async () => {
    const writer = store.writerOf('spans');
    const resource = attributes({ 'service.name': 'cart' });
    const span: Span = {
      traceId: '0'.repeat(31).concat('1'),
      spanId: '0'.repeat(15).concat('1'),
      parentSpanId: '',
      kind: 'server',
      name: 'GET /',
      startMs: NOW + DAY,
      endMs: NOW + DAY,
      failed: false,
      resource,
      attributes: attributes({}),
      flags: attributes({}),
      linkedSpanIds: [],
    };
    const placeOf = async (): Promise<string | undefined> => (await writer.commit()).reasons[0]?.where;
    writer.sink.span(span);
    expect(await placeOf()).toBe('span GET / of service.name "cart"');
    writer.sink.span({ ...span, startMs: NOW, endMs: NOW, traceId: 'no id' });
    expect(await placeOf()).toBe('span GET / of service.name "cart"');
    const { traceId, spanId } = span;
    const evaluation = { timeMs: NOW + DAY, traceId, spanId, resource: attributes({}), flag: 'f', variant: 'on' };
    writer.sink.flagEvaluation(evaluation);
    expect(await placeOf()).toBe('flag f');
  });

  it('refuses new series beyond the limit, naming the attribute behind them, while known ones keep flowing', async () => {
    const write = async (): Promise<unknown> => {
      const writer = store.writerOf('series');
      for (let i = 0; i < 6; i++) {
        const stream = writer.sink.openStream(gauge('m', { user: `u${i}`, route: '/a' }));
        writer.sink.numberPoint(stream, Number.NaN, nowMs, i);
      }
      return writer.commit();
    };
    const refused = {
      code: 'series-limit',
      count: 3,
      where: 'm',
      detail: 'the limit is 3 series; attribute user has 3 values',
    };
    expect(await write()).toEqual({ accepted: 3, rejected: 3, reasons: [refused] });
    expect(await write()).toEqual({ accepted: 3, rejected: 3, reasons: [refused] });
    nowMs += 2 * 3_600_000;
    const writer = store.writerOf('series');
    const stream = writer.sink.openStream(gauge('m', { user: 'u9', route: '/a' }));
    writer.sink.numberPoint(stream, Number.NaN, nowMs, 9);
    expect(await writer.commit()).toMatchObject({ accepted: 1, rejected: 0 });
    nowMs = NOW;
  });

  it('refuses attributes that are too many or too long', async () => {
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`a${i}`, 'v']));
    const bad = [many, { ['n'.repeat(257)]: 'v' }, { a: 'é'.repeat(1025) }];
    const writer = store.writerOf('labels');
    for (const values of [...bad, { a: 'é'.repeat(1024) }]) {
      writer.sink.numberPoint(writer.sink.openStream(gauge('m', values)), Number.NaN, NOW, 1);
    }
    const receipt = await writer.commit();
    expect(receipt).toMatchObject({ accepted: 1, rejected: 3 });
    expect(receipt.reasons).toMatchObject([
      { code: 'label-limit', count: 3, detail: '65 attributes; the limit is 64' },
    ]);
  });

  it('cuts values of spans and evaluations that are too long, refuses those with too many attributes, and tells', async () => {
    const writer = store.writerOf('spans');
    const long = '€'.repeat(1_000);
    const spanWith = (spanId: string, over: object): Span => ({
      ...span({ traceId: 'a'.repeat(32), spanId: spanId.repeat(16) }),
      startMs: NOW,
      endMs: NOW,
      ...over,
    });
    const numbered = (count: number): Map<string, string> =>
      attributes(Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, 'v'])));
    writer.sink.span(spanWith('1', { attributes: attributes({ 'db.query.text': long, 'http.route': '/a' }) }));
    writer.sink.span(spanWith('2', { resource: attributes({ 'process.command_line': long }) }));
    writer.sink.span(spanWith('3', { attributes: numbered(128) }));
    writer.sink.span(spanWith('4', { attributes: numbered(129) }));
    writer.sink.span(spanWith('5', { resource: attributes({ ['n'.repeat(257)]: 'v' }) }));
    const resource = attributes({ 'process.command_line': long });
    writer.sink.flagEvaluation({ timeMs: NOW, traceId: '', spanId: '', resource, flag: 'f', variant: 'v' });
    const receipt = await writer.commit();
    expect(receipt).toMatchObject({ accepted: 4, rejected: 2 });
    expect(receipt.reasons.map(({ code, count, detail }) => [code, count, detail])).toEqual([
      ['values-cut', 0, 'attribute db.query.text has more than 2048 bytes, which is the limit'],
      ['label-limit', 2, '129 attributes; the limit is 128'],
    ]);
    const read = new RecordingSink();
    await store.replay('spans', { windows: [{ startMs: NOW - DAY, endMs: NOW + DAY }], resolutionMs: 60_000 }, read);
    const cut = `${'€'.repeat(681)}…`;
    const spans = new Map(read.spans.map((one) => [one.spanId[0], one]));
    expect([...spans.keys()].sort()).toEqual(['1', '2', '3']);
    expect(spans.get('1')!.attributes).toEqual(attributes({ 'db.query.text': cut, 'http.route': '/a' }));
    expect(spans.get('2')!.resource).toEqual(attributes({ 'process.command_line': cut }));
    expect(read.evaluations.map((one) => one.resource)).toEqual([attributes({ 'process.command_line': cut })]);
  });

  it('refuses what is no histogram, and lowers the resolution of one with too many buckets', async () => {
    const writer = store.writerOf('shapes');
    const { sink } = writer;
    const explicit = sink.openStream(identity({ temporality: 'delta' }));
    const number = sink.openStream(gauge('g'));
    sink.numberPoint(number, Number.NaN, NOW, Number.POSITIVE_INFINITY);
    sink.histogramPoint(explicit, NOW, NOW + 1, 1, 1, [1], [1]);
    sink.histogramPoint(explicit, NOW, NOW + 2, 1, 1, [1], [-1, 2]);
    sink.histogramPoint(
      explicit,
      NOW,
      NOW + 3,
      1,
      1,
      Array.from({ length: 1024 }, (_, i) => i),
      new Array(1025).fill(1),
    );
    const over = { kind: 'exponential-histogram', temporality: 'delta', metric: 'e' } as const;
    const exponential = sink.openStream(identity(over));
    sink.exponentialPoint(exponential, NOW, NOW + 4, 1, 1, 3, Number.NaN, 0, 0, [1]);
    sink.exponentialPoint(exponential, NOW, NOW + 5, 1025, 1, 3, 0, 0, -1, new Array(1025).fill(1));
    const receipt = await writer.commit();
    expect(receipt.reasons.map(({ code, count }) => [code, count])).toEqual([
      ['not-finite', 1],
      ['bucket-mismatch', 1],
      ['negative-count', 1],
      ['bad-point', 2],
    ]);
    const read = new RecordingSink();
    await store.replay('shapes', { windows: [{ startMs: NOW - DAY, endMs: NOW + DAY }], resolutionMs: 60_000 }, read);
    expect(read.points).toHaveLength(1);
    expect(read.points[0]!.shape).toEqual([2, 0, 0, -1]);
    expect(read.points[0]!.buckets).toEqual([1, ...new Array(512).fill(2)]);
  });
});

describeWithEngine('a store', () => {
  it('takes a point whatever had to be registered for it, which may have gathered while nothing could be written', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder.path, { commit: { queueBytes: 1000 } });
    const writer = store.writerOf('t');
    const many = attributes(Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`note.${i}`, 'x'.repeat(200)])));
    const stream = writer.sink.openStream(identity({ kind: 'gauge', temporality: 'instant', attributes: many }));
    writer.sink.numberPoint(stream, Number.NaN, NOW, 1);
    expect(await writer.commit()).toMatchObject({ accepted: 1, rejected: 0 });
    await store.close();
    folder.remove();
  });

  it('refuses rows at once where more wait than it may hold, and takes rows again after it', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder.path, { commit: { queueBytes: 200 } });
    const write = (rows: number): Promise<unknown> => {
      const writer = store.writerOf('t');
      const stream = writer.sink.openStream(identity({ kind: 'gauge', temporality: 'instant' }));
      for (let i = 0; i < rows; i++) writer.sink.numberPoint(stream, Number.NaN, NOW + i, 1);
      return writer.commit();
    };
    const refusal = await write(100).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AppError);
    expect(refusal).toMatchObject({ code: 'overloaded', retryAfterSeconds: 1 });
    const writer = store.writerOf('u');
    writer.sink.flagEvaluation({ timeMs: NOW, traceId: '', spanId: '', resource: new Map(), flag: 'f', variant: 'v' });
    expect(await writer.commit()).toMatchObject({ accepted: 1 });
    await store.close();
    folder.remove();
  });

  it('has its tables drop what is older than its retention', async () => {
    const folder = temporaryFolder();
    for (const days of [7, 9, null]) {
      const store = await openStore(folder.path, { retention: { pointsDays: days, spansDays: 2 } });
      const definitions = await store.definitions();
      const ttl = (table: string): string | undefined =>
        /TTL .*toIntervalDay\((\d+)\)/.exec(definitions.get(table)!)?.[1];
      expect(ttl('points')).toBe(days === null ? undefined : String(days));
      expect(ttl('spans')).toBe('2');
      expect(ttl('streams')).toBe(days === null ? undefined : String(days + 2));
      await store.close();
    }
    folder.remove();
  });
});

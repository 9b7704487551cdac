import type { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/error.ts';
import type { TelemetryWriter } from '../../../src/domain/telemetry-store.ts';
import { ByteBudget } from '../../../src/ingest/routes/byte-budget.ts';
import { type IngestAnswer, type IngestParts, otlpRoutes } from '../../../src/ingest/routes/otlp.ts';
import { RecordingSink } from '../formats/recording-sink.ts';
import { intakeOf, OPEN_INTAKE } from './memory-store.ts';

const REQUEST = JSON.stringify({
  resourceMetrics: [
    {
      scopeMetrics: [
        { metrics: [{ name: 'queue', gauge: { dataPoints: [{ asDouble: 1, timeUnixNano: '1795000000000000000' }] } }] },
      ],
    },
  ],
});

/** Counts what was handed to it when it is told to commit. */
class CountingWriter implements TelemetryWriter {
  readonly sink = new RecordingSink();
  committed = 0;
  rolledBack = 0;
  readonly #problem: AppError | Error | null;

  constructor(problem: AppError | Error | null = null) {
    this.#problem = problem;
  }

  async commit() {
    if (this.#problem !== null) throw this.#problem;
    this.committed = this.sink.calls.filter(([call]) => call === 'number').length;
    return { accepted: 1, rejected: 0, reasons: [] };
  }

  rollback(): void {
    this.rolledBack++;
  }
}

function door(
  writerOf: () => TelemetryWriter,
  intake = OPEN_INTAKE,
): { app: Hono; answers: IngestAnswer[]; budget: ByteBudget } {
  const answers: IngestAnswer[] = [];
  const budget = new ByteBudget(1 << 20);
  const parts: IngestParts = {
    tenantOf: async () => 'default',
    writerOf,
    budget,
    intake,
    wireLimitBytes: 1 << 16,
    decodedLimitBytes: 1 << 18,
    onAnswer: (answer) => answers.push(answer),
  };
  return { app: otlpRoutes(parts), answers, budget };
}

function send(app: Hono, body = REQUEST): Promise<Response> {
  const headers = { 'Content-Type': 'application/json; charset=utf-8' };
  return Promise.resolve(app.request('/v1/metrics', { method: 'POST', headers, body }));
}

describe('the doors of OTLP', () => {
  it('decode into the writer that commits, also when the store has replaced it', async () => {
    const writers = [new CountingWriter(), new CountingWriter()];
    let current = 0;
    const { app } = door(() => writers[current]!);
    for (current = 0; current < 2; current++) {
      expect((await send(app)).status).toBe(200);
      expect((await send(app)).status).toBe(200);
    }
    expect(writers.map(({ committed }) => committed)).toEqual([2, 2]);
  });

  it('forget a request that turns out malformed, and tell nobody to send it again', async () => {
    const writer = new CountingWriter();
    const { app } = door(() => writer);
    const response = await send(app, `${REQUEST}}`);
    expect([response.status, writer.rolledBack, response.headers.get('retry-after')]).toEqual([400, 1, null]);
  });

  it('ask to come again where the store is away, and where something happened that nobody foresaw', async () => {
    const away = new AppError('unavailable', 'the telemetry store does not answer', { retryAfterSeconds: 5 });
    for (const problem of [away, new TypeError('secret detail')]) {
      const { app, answers, budget } = door(() => new CountingWriter(problem));
      const response = await send(app);
      expect(response.status).toBe(503);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await response.text()).not.toContain('secret');
      expect(answers).toMatchObject([{ door: 'metrics', status: 503, error: problem }]);
      expect(budget.usedBytes).toBe(0);
    }
  });

  it('decode nothing where nothing could be stored', async () => {
    const writer = new CountingWriter();
    const refusal = new AppError('overloaded', 'more telemetry came than can be written', { retryAfterSeconds: 1 });
    const { app, budget } = door(
      () => writer,
      intakeOf(() => refusal),
    );
    const response = await send(app);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(writer.sink.calls).toEqual([]);
    expect(budget.usedBytes).toBe(0);
  });

  it('tell everything they answered, with what it was about', async () => {
    const { app, answers } = door(() => new CountingWriter());
    await send(app);
    await app.request('/v1/logs', { method: 'POST', headers: { 'Content-Type': 'text/csv' }, body: 'x' });
    expect(answers).toMatchObject([
      { door: 'metrics', status: 200, wireBytes: REQUEST.length, receipt: { accepted: 1 } },
      { door: 'logs', status: 415, receipt: null },
    ]);
  });
});

import { createHash } from 'node:crypto';
import { type ClickHouseClient, ClickHouseError } from '@clickhouse/client';
import type { CellSink } from '../../domain/cell-run.ts';
import { AppError } from '../../domain/error.ts';
import type { TelemetrySink } from '../../domain/telemetry.ts';
import type { ReplayRequest, ReplaySummary, TelemetryStore, TelemetryWriter } from '../../domain/telemetry-store.ts';
import { createEngineClient, createInsertClient, type EngineAddress, READING } from './client.ts';
import type { Cluster } from './cluster-ddl.ts';
import { type EngineChange, EngineSupervisor } from './engine/supervisor.ts';
import { type Around, engineTarget } from './engine-target.ts';
import { CellBook, type CellSettings, DEFAULT_CELLS } from './increments/cell-book.ts';
import { DEFAULT_LIMITS, type TelemetryLimits } from './limits.ts';
import { migrate, pendingMigrations } from './migrations.ts';
import { replayIncrements } from './reading/increments.ts';
import { loadLayouts } from './reading/layouts.ts';
import { type PointSource, replayPoints } from './reading/points.ts';
import { replayEvaluations, replaySpans } from './reading/spans.ts';
import { StreamDirectory } from './reading/stream-directory.ts';
import { TimeRange } from './reading/time-range.ts';
import { applyRetention, DEFAULT_RETENTION, type Retention, tableDefinitions } from './retention.ts';
import { CommitQueue, type CommitSettings, DEFAULT_COMMIT } from './writing/commit-queue.ts';
import { TenantWriters } from './writing/tenant-writers.ts';

/** Where the telemetry is kept: in a folder, by an engine of our own, or on a ClickHouse server or cluster. */
export type TelemetryPlace =
  | { readonly folder: string; readonly memoryBytes?: number }
  | { readonly url: string; readonly cluster?: Cluster };

export interface TelemetryStoreOptions {
  readonly place: TelemetryPlace;
  readonly limits?: Partial<TelemetryLimits>;
  readonly commit?: Partial<CommitSettings>;
  readonly cells?: Partial<CellSettings>;
  readonly retention?: Partial<Retention>;
  readonly nowMs?: () => number;
  /** Told when the embedded engine starts and when it ends without being asked to. */
  readonly onEngineChange?: (change: EngineChange) => void;
  /** Runs each insert of a batch, for who wants to know of it. */
  readonly around?: Around;
}

const ENGINE_MEMORY_BYTES = 1.5 * 2 ** 30;

/** Opens the store: the engine runs and the tables exist when it resolves. */
export async function openTelemetryStore(options: TelemetryStoreOptions): Promise<ClickHouseTelemetryStore> {
  const { place, onEngineChange } = options;
  if ('url' in place) return opened({ url: place.url }, null, options);
  const engine = new EngineSupervisor({
    folder: place.folder,
    memoryBytes: place.memoryBytes ?? ENGINE_MEMORY_BYTES,
    ...(onEngineChange === undefined ? {} : { onChange: onEngineChange }),
  });
  await engine.start();
  return opened({ socketPath: engine.socketPath }, engine, options);
}

async function opened(
  address: EngineAddress,
  engine: EngineSupervisor | null,
  options: TelemetryStoreOptions,
): Promise<ClickHouseTelemetryStore> {
  const client = createEngineClient(address);
  const cluster = 'url' in options.place ? (options.place.cluster ?? null) : null;
  try {
    await migrate(client, cluster);
    await applyRetention(client, { ...DEFAULT_RETENTION, ...options.retention }, cluster);
  } catch (error) {
    await client.close();
    await engine?.stop();
    throw asOurs(error, options.place);
  }
  return new ClickHouseTelemetryStore(client, createInsertClient(address), engine, options);
}

/** Looks at a server that others may be using: what a start would change there, by name. */
export async function pendingServerMigrations(url: string): Promise<string[]> {
  const client = createEngineClient({ url });
  try {
    return await pendingMigrations(client);
  } catch (error) {
    throw asOurs(error, { url });
  } finally {
    await client.close();
  }
}

export class ClickHouseTelemetryStore implements TelemetryStore {
  readonly #client: ClickHouseClient;
  readonly #writing: ClickHouseClient;
  readonly #engine: EngineSupervisor | null;
  readonly #queue: CommitQueue;
  readonly #writers: TenantWriters;
  readonly #cells: CellSettings;
  readonly #place: TelemetryPlace;

  constructor(
    client: ClickHouseClient,
    writing: ClickHouseClient,
    engine: EngineSupervisor | null,
    options: TelemetryStoreOptions,
  ) {
    this.#client = client;
    this.#writing = writing;
    this.#place = options.place;
    this.#engine = engine;
    this.#queue = new CommitQueue(engineTarget(writing, options.around), { ...DEFAULT_COMMIT, ...options.commit });
    this.#cells = { ...DEFAULT_CELLS, ...options.cells };
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#writers = new TenantWriters(limits, this.#queue, options.nowMs ?? Date.now);
  }

  /** Of the embedded engine's process; undefined while it is away, and for a server. */
  get enginePid(): number | undefined {
    return this.#engine?.pid;
  }

  /** Where the embedded engine answers, for readers in other threads; undefined for a server. */
  get engineSocketPath(): string | undefined {
    return this.#engine?.socketPath;
  }

  get waitingBytes(): number {
    return this.#queue.waitingBytes;
  }

  get comingBytes(): number {
    return this.#queue.comingBytes;
  }

  /** Why nothing would be taken now of what is not on its way yet; null where something would. */
  refusal(): AppError | null {
    return this.#queue.refusal();
  }

  /** So many bytes of telemetry are on their way to a writer; negative: no longer. */
  expect(bytes: number): void {
    this.#queue.expect(bytes);
  }

  writerOf(tenant: string): TelemetryWriter {
    return this.#writers.of(tenant);
  }

  async replay(tenant: string, request: ReplayRequest, sink: TelemetrySink | CellSink): Promise<ReplaySummary> {
    return this.#asked(async () => {
      const client = this.#client;
      const digest = createHash('sha256');
      const [streams, boundsOf] = await Promise.all([
        StreamDirectory.load(client, tenant, request.service),
        loadLayouts(client),
      ]);
      const source: PointSource = { client, tenant, ...request, streams, boundsOf };
      const range = new TimeRange(tenant, request.windows);
      let points = await replayIncrements(source, new CellBook(client, tenant, this.#cells), sink, digest);
      points += await replayPoints(source, sink, digest);
      points += await replaySpans(client, range, sink, digest);
      points += await replayEvaluations(client, range, sink, digest);
      return { points, digest: digest.digest('hex') };
    });
  }

  async latestMs(tenant: string): Promise<number> {
    const query = `SELECT toFloat64(max(ns)) / 1e6 AS ms, count() AS n FROM (
      SELECT max(time_ns) AS ns FROM points WHERE tenant = {tenant:String} HAVING count() > 0
      UNION ALL SELECT max(start_ns) FROM spans WHERE tenant = {tenant:String} HAVING count() > 0
      UNION ALL SELECT max(time_ns) FROM evaluations WHERE tenant = {tenant:String} HAVING count() > 0)`;
    const answer = await this.#asked(() =>
      this.#client.query({ query, query_params: { tenant }, format: 'JSONEachRow', clickhouse_settings: READING }),
    );
    const [row] = await answer.json<{ ms: number; n: string }>();
    return row === undefined || Number(row.n) === 0 ? Number.NaN : Number(row.ms);
  }

  /** How the tables are defined, by name. */
  definitions(): Promise<Map<string, string>> {
    return this.#asked(() => tableDefinitions(this.#client));
  }

  /** Rejects also where the engine answers but what was to be stored last could not be. */
  async ping(): Promise<void> {
    const answer = await this.#client.ping();
    if (!answer.success) throw asOurs(answer.error, this.#place);
    if (this.#queue.failure !== null) throw this.#queue.failure;
  }

  async close(): Promise<void> {
    await this.#queue.close();
    await this.#client.close();
    await this.#writing.close();
    await this.#engine?.stop();
  }

  async #asked<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask();
    } catch (cause) {
      throw asOurs(cause, this.#place);
    }
  }
}

function asOurs(cause: unknown, place: TelemetryPlace): AppError {
  if (cause instanceof AppError) return cause;
  const detail = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof ClickHouseError && TOO_MUCH.has(cause.code)) return tooMuch(cause, detail);
  return new AppError('unavailable', `the telemetry store does not answer: ${detail}`, {
    remedy:
      'url' in place
        ? 'check that ClickHouse runs where clickhouse_url says, and what its log says'
        : 'ask again: the embedded engine is started again by itself, and the log says why it ended',
    cause,
    retryAfterSeconds: 5,
  });
}

/** TIMEOUT_EXCEEDED, TOO_SLOW and MEMORY_LIMIT_EXCEEDED: it would answer the same in a moment. */
const TOO_MUCH = new Set(['159', '160', '241']);

function tooMuch(cause: ClickHouseError, detail: string): AppError {
  return new AppError('unavailable', `the telemetry store cannot answer: ${detail}`, {
    remedy: 'ask for a shorter stretch, or give the store more memory or time',
    cause,
    retryAfterSeconds: 60,
  });
}

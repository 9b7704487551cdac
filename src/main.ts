import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Hono } from 'hono';
import type { Logger } from 'pino';
import { type AnalysisPool, openAnalysisPool } from './analysis-pool.ts';
import { permittedCaller } from './api/authentication.ts';
import { createApi } from './api/create-api.ts';
import { healthRoutes } from './api/health.ts';
import type { ApiEnv } from './api/services.ts';
import { type Config, describeConfig, isLoopback, readTracingTarget } from './config.ts';
import type { Environment } from './config-values.ts';
import { DEFAULT_TENANT } from './domain/record-store.ts';
import { makeFirstToken, requireToken } from './first-token.ts';
import { ByteBudget } from './ingest/routes/byte-budget.ts';
import { refuseEarly } from './ingest/routes/early-refusal.ts';
import { Intake } from './ingest/routes/intake.ts';
import { type IngestAnswer, type IngestParts, otlpRoutes } from './ingest/routes/otlp.ts';
import { remoteWriteRoutes } from './ingest/routes/remote-write.ts';
import { IngestLog } from './ingest-log.ts';
import { listen } from './listening.ts';
import { createLogger } from './logging.ts';
import { packageVersion } from './package-version.ts';
import { openStores, type Stores } from './stores.ts';
import { createOwnMetrics, type OwnMetrics } from './telemetry.ts';
import { startTracing, type Tracing, tracedFetch, tracedWriter } from './tracing.ts';
import { watch } from './watch.ts';

export interface Service {
  /** host:port it listens on. */
  readonly address: string;
  /** Finishes what is in flight, gives up what is analysed, closes the stores. */
  stop(): Promise<void>;
}

/** What the service is made of while it runs. */
interface Running {
  readonly config: Config;
  readonly log: Logger;
  readonly stores: Stores;
  readonly pool: AnalysisPool;
  readonly metrics: OwnMetrics;
  readonly budget: ByteBudget;
  readonly intake: Intake;
  readonly stopping: AbortController;
  readonly tracing: Tracing;
  /** To whoever sent telemetry. */
  onAnswer(answer: IngestAnswer): void;
}

/** Configuration → stores → rooms → serve; parts start in this order and stop in the reverse one. */
export async function startService(config: Config, environment: Environment): Promise<Service> {
  const log = createLogger(config, (line) => process.stderr.write(line));
  const tracing = await startTracing(readTracingTarget(environment), config.listen);
  const stores = await openStores(config, ({ state, detail }) => {
    log[state === 'down' ? 'error' : 'info']({ state, detail }, 'telemetry engine');
  });
  try {
    await prepareTokens(stores, config, log);
    const budget = new ByteBudget(config.inFlightLimitBytes);
    const metrics = createOwnMetrics({
      bytesInFlight: () => budget.usedBytes,
      bytesComing: () => stores.telemetry.comingBytes,
      bytesWaiting: () => stores.telemetry.waitingBytes,
    });
    const pool = openAnalysisPool({ address: stores.address });
    const stopping = new AbortController();
    const ingestLog = new IngestLog(log);
    const onAnswer = (answer: IngestAnswer): void => {
      metrics.noteAnswer(answer);
      ingestLog.note(answer);
    };
    const intake = new Intake(stores.telemetry, {
      bodyBytes: config.decodedLimitBytes,
      allBytes: config.inFlightLimitBytes,
    });
    const running: Running = { config, log, stores, pool, metrics, budget, intake, stopping, tracing, onAnswer };
    const app = routes(running);
    const listener = await listen(tracing.isOn ? { fetch: tracedFetch(app) } : app, config.listen, (answer) =>
      refuseEarly(answer, { intake, onAnswer }),
    );
    const watching = watch(watchParts(running), running.stopping.signal);
    log.info({ address: listener.address, settings: describeConfig(config).trimEnd().split('\n') }, 'listening');
    return {
      address: listener.address,
      stop: async () => {
        log.info('stopping');
        running.stopping.abort();
        await listener.close(config.shutdownGraceMs);
        // A question to a store that does not answer keeps the end waiting no longer than requests do.
        await Promise.race([watching, sleep(config.shutdownGraceMs, undefined, { ref: false })]);
        await pool.close();
        await stores.close();
        await tracing.stop();
        log.info('stopped');
      },
    };
  } catch (error) {
    await stores.close();
    throw error;
  }
}

async function prepareTokens({ records }: Stores, config: Config, log: Logger): Promise<void> {
  const file = await makeFirstToken(records, config.data, Date.now());
  if (file !== null) log.info({ file }, 'made a token for the administrator');
  if (!isLoopback(config.listen.host)) await requireToken(records);
}

/** Every address we answer. */
function routes(running: Running): Hono<ApiEnv> {
  const { config, log, stores, pool, metrics, budget, intake, stopping, tracing, onAnswer } = running;
  const { records, telemetry } = stores;
  const anonymousTenant = isLoopback(config.listen.host) ? DEFAULT_TENANT : null;
  const doors: IngestParts = {
    tenantOf: async (context) => {
      return (await permittedCaller(context.req.raw, 'ingest', { records, anonymousTenant })).tenant;
    },
    writerOf: (tenant) => {
      const writer = telemetry.writerOf(tenant);
      return tracing.isOn ? tracedWriter(writer) : writer;
    },
    budget,
    intake,
    wireLimitBytes: config.wireLimitBytes,
    decodedLimitBytes: config.decodedLimitBytes,
    onAnswer,
  };
  const app = createApi({
    records,
    cells: (tenant, query, signal) => pool.cells({ tenant, ...query }, signal),
    anonymousTenant,
    now: Date.now,
    sharedNow: () => records.clockMs(),
    elapsedMs: () => performance.now(),
    sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
    budget,
    webhookSecrets: config.webhookSecrets,
    requestRate: config.requestRate,
    stopping: stopping.signal,
    onTrouble: ({ requestId, method, path, error }) => {
      log.error({ requestId, method, path, err: error }, 'request failed');
    },
  });
  app.route('/', otlpRoutes(doors));
  app.route('/', remoteWriteRoutes(doors));
  app.route(
    '/',
    healthRoutes({
      checks: { records: () => records.ping(), telemetry: () => telemetry.ping() },
      onChange: ({ part, state, error }) => {
        if (state === 'ok') log.info({ part }, 'answers again');
        else log.error({ part, state, err: error }, 'a part is away');
      },
      isStopping: () => stopping.signal.aborted,
      metrics,
      version: packageVersion(),
    }),
  );
  return app;
}

function watchParts({ config, log, stores, pool, metrics }: Running): Parameters<typeof watch>[0] {
  return {
    records: stores.records,
    analyse: (task, signal) => pool.analyse(task, signal),
    latestMs: (tenant) => stores.telemetry.latestMs(tenant),
    holder: `${hostname()}/${process.pid}/${randomUUID()}`,
    reach: { pastMs: config.analysisPastMs, openMs: config.analysisOpenMs },
    intervalMs: config.analysisIntervalMs,
    retentionMs: config.recordsRetentionMs,
    now: () => stores.records.clockMs(),
    onForgotten: (forgotten) => {
      if (Object.values(forgotten).some((count) => count > 0)) log.info(forgotten, 'old records removed');
    },
    onSettled: (settled) => {
      metrics.noteSettled(settled);
      log.info(settled, 'analysed');
    },
    onTrouble: ({ upgrade, error }) => {
      metrics.noteTrouble();
      log.error({ upgrade, err: error }, 'analysis failed');
    },
  };
}

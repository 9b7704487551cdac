import {
  ADDRESS,
  type Address,
  BYTES,
  COUNT,
  DURATION,
  type Notation,
  oneOf,
  TEXT,
  urlOf,
  WEBHOOK_SECRETS,
} from './config-notations.ts';
import { type Environment, FILE_VARIABLE, type Stated, statedInFile, statedInVariables } from './config-values.ts';
import { AppError } from './domain/error.ts';
import { SIGNATURE_SCHEMES } from './ingest/signatures/index.ts';
import type { WebhookSecret } from './ingest/signatures/webhook-secret.ts';

/** Everything `serve` can be told. Sizes are bytes, times milliseconds. */
export interface Config {
  readonly listen: Address;
  readonly data: string;
  /** Null: the embedded engine. */
  readonly clickhouseUrl: string | null;
  /** Null: the embedded database. */
  readonly databaseUrl: string | null;
  readonly logLevel: string;
  readonly wireLimitBytes: number;
  readonly decodedLimitBytes: number;
  readonly inFlightLimitBytes: number;
  readonly seriesLimit: number;
  readonly acceptPastMs: number;
  readonly acceptFutureMs: number;
  readonly pointsRetentionMs: number;
  readonly spansRetentionMs: number;
  readonly recordsRetentionMs: number;
  readonly analysisIntervalMs: number;
  readonly analysisPastMs: number;
  readonly analysisOpenMs: number;
  readonly shutdownGraceMs: number;
  readonly webhookSecrets: readonly WebhookSecret[];
  readonly requestRate: number;
}

interface Setting {
  /** The key in the file; the variable is POSTFLIGHT_ and the same in capitals. */
  readonly key: string;
  readonly notation: Notation;
  readonly fallback: string | null;
  readonly isSecret: boolean;
  readonly says: string;
}

function setting(key: string, notation: Notation, fallback: string | null, says: string, isSecret = false): Setting {
  return { key, notation, fallback, isSecret, says };
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** One entry a setting: this table is the configuration file, the variables, and what `serve --check` prints. */
export const SETTINGS = {
  listen: setting('listen', ADDRESS, '127.0.0.1:4318', 'host:port to listen on'),
  data: setting('data', TEXT, './.postflight', 'folder of the embedded stores'),
  clickhouseUrl: setting(
    'clickhouse_url',
    urlOf('http:', 'https:'),
    null,
    'a ClickHouse server in place of the embedded engine: http://user:password@host:8123/database, % written as %25',
    true,
  ),
  databaseUrl: setting(
    'database_url',
    urlOf('postgres:', 'postgresql:'),
    null,
    'a PostgreSQL server in place of the embedded database: postgres://user:password@host:5432/database, % written as %25',
    true,
  ),
  logLevel: setting('log_level', oneOf(LOG_LEVELS), 'info', LOG_LEVELS.join(', ')),
  wireLimitBytes: setting('wire_limit', BYTES, '8MiB', 'largest request body as sent'),
  decodedLimitBytes: setting('decoded_limit', BYTES, '32MiB', 'largest request body after decompression'),
  inFlightLimitBytes: setting(
    'in_flight_limit',
    BYTES,
    '48MiB',
    'all bodies being read at one time: wire_limit and decoded_limit together at least',
  ),
  seriesLimit: setting('series_limit', COUNT, '100000', 'active series of a tenant'),
  acceptPastMs: setting('accept_past', DURATION, '7d', 'how old a point may be when it comes'),
  acceptFutureMs: setting('accept_future', DURATION, '10m', 'how far ahead of our clock a point may be'),
  pointsRetentionMs: setting('points_retention', DURATION, '35d', 'how long points and cells are kept'),
  spansRetentionMs: setting('spans_retention', DURATION, '14d', 'how long spans are kept'),
  recordsRetentionMs: setting(
    'records_retention',
    DURATION,
    '90d',
    'how long old reports and announced changes are kept',
  ),
  analysisIntervalMs: setting('analysis_interval', DURATION, '30s', 'how often an open upgrade is analysed again'),
  analysisPastMs: setting('analysis_past', DURATION, '2d', 'telemetry read from before the upgrade at least'),
  analysisOpenMs: setting('analysis_open', DURATION, '7d', 'how long an upgrade without an end of post is watched'),
  requestRate: setting('request_rate', COUNT, '100', 'requests a second of one token; of ten seconds at once'),
  shutdownGraceMs: setting('shutdown_grace', DURATION, '10s', 'time that requests in flight have at the end'),
  webhookSecrets: setting(
    'webhook_secrets',
    WEBHOOK_SECRETS,
    'none',
    `scheme:tenant:secret of senders that sign, apart by spaces, secrets of 16 characters at least; ${SIGNATURE_SCHEMES.map(({ name }) => name).join(', ')}`,
    true,
  ),
} as const satisfies Record<keyof Config, Setting>;

/**
 * The configuration: variables over the file over defaults. A secret may also be named by POSTFLIGHT_…_FILE. Throws an
 * `AppError` of code `configuration` that tells everything wrong.
 */
export function readConfig(environment: Environment, option?: string): Config {
  const problems: string[] = [];
  const known = Object.values(SETTINGS);
  const file = option ?? environment[FILE_VARIABLE];
  const namedBy = option === undefined ? FILE_VARIABLE : '--config';
  const inFile = file === undefined ? null : statedInFile(file, namedBy, known, problems);
  const inVariables = statedInVariables(environment, known, problems);
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(SETTINGS)) {
    const stated = inVariables.get(setting.key) ?? inFile?.get(setting.key) ?? defaultOf(setting);
    const value = stated === null ? null : setting.notation.read(stated.text);
    if (stated !== null && value === undefined) problems.push(unreadable(setting, stated));
    values[name] = value;
  }
  const config = values as unknown as Config;
  // A packed body is held as it came and as it is.
  if (config.inFlightLimitBytes < config.wireLimitBytes + config.decodedLimitBytes) {
    problems.push(
      'in_flight_limit: the largest body would never fit; give wire_limit and decoded_limit together at least',
    );
  }
  if (problems.length > 0) {
    throw new AppError('configuration', problems.join('\n'), {
      remedy: 'mend the variables or the file, then try again; postflight serve --check tests them',
    });
  }
  return config;
}

/** What is in force, a line each, with secrets masked. */
export function describeConfig(config: Config): string {
  const lines = Object.entries(SETTINGS).map(([name, { key, notation }]) => {
    const value = config[name as keyof Config];
    if (value === null) return `${key}: (embedded)`;
    return `${key}: ${notation.show(value as never)}`;
  });
  return `${lines.join('\n')}\n`;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function defaultOf({ key, fallback }: Setting): Stated | null {
  return fallback === null ? null : { text: fallback, place: key };
}

function unreadable({ fallback, isSecret, says }: Setting, { text, place }: Stated): string {
  const shown = isSecret ? 'what it is set to' : `"${text}"`;
  const example = fallback === null || isSecret ? '' : `, such as ${fallback}`;
  return `${place}: ${shown} cannot be read; give ${says}${example}`;
}

/** Where our own traces go. */
export interface TracingTarget {
  readonly endpoint: string | null;
  /** The variable that names it. */
  readonly namedBy: string;
  readonly isDisabled: boolean;
  readonly serviceName: string;
}

/** OpenTelemetry's own variables, as far as they decide whether we trace ourselves; the SDK reads the rest. */
export function readTracingTarget(environment: Environment): TracingTarget {
  const [ofTraces, ofAll] = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const;
  return {
    // What is set to nothing counts as not set, as OpenTelemetry has it.
    endpoint: environment[ofTraces] || environment[ofAll] || null,
    namedBy: environment[ofTraces] ? ofTraces : ofAll,
    isDisabled: environment.OTEL_SDK_DISABLED === 'true',
    serviceName: environment.OTEL_SERVICE_NAME || 'postflight',
  };
}

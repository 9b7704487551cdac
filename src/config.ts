import { readFileSync } from 'node:fs';
import { parseDurationMs } from './domain/duration.ts';
import { AppError } from './domain/error.ts';
import { nearestName } from './domain/nearest-name.ts';
import { readYaml } from './domain/yaml-place.ts';
import { SIGNATURE_SCHEMES } from './ingest/signatures/index.ts';
import { readWebhookSecrets, showWebhookSecrets, type WebhookSecret } from './ingest/signatures/webhook-secret.ts';

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

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** How values of one sort are written: `read` answers undefined for what is not one. */
interface Notation {
  readonly read: (text: string) => unknown;
  readonly show: (value: never) => string;
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

const TEXT: Notation = { read: (text) => (text === '' ? undefined : text), show: String };

const ADDRESS: Notation = { read: readAddress, show: formatAddress };

const URL_TEXT: Notation = { read: (text) => (URL.canParse(text) ? text : undefined), show: maskUrl };

const LOG_LEVEL: Notation = { read: (text) => (LOG_LEVELS.includes(text) ? text : undefined), show: String };

const COUNT: Notation = { read: (text) => (/^[1-9]\d{0,11}$/.test(text) ? Number(text) : undefined), show: String };

const DURATION: Notation = {
  read: (text) => parseDurationMs(text) ?? undefined,
  show: (ms) =>
    inLargestUnit(ms, [
      ['d', 86_400_000],
      ['h', 3_600_000],
      ['m', 60_000],
      ['s', 1000],
      ['ms', 1],
    ]),
};

const WEBHOOK_SECRETS: Notation = { read: readWebhookSecrets, show: showWebhookSecrets };

const BYTES_OF: ReadonlyMap<string, number> = new Map([
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
  ['', 1],
]);

const BYTES: Notation = { read: readBytes, show: (bytes) => inLargestUnit(bytes, [...BYTES_OF]) };

/** One entry a setting: this table is the configuration file, the variables, and what `serve --check` prints. */
export const SETTINGS = {
  listen: setting('listen', ADDRESS, '127.0.0.1:4318', 'host:port to listen on'),
  data: setting('data', TEXT, './.postflight', 'folder of the embedded stores'),
  clickhouseUrl: setting('clickhouse_url', URL_TEXT, null, 'a ClickHouse server in place of the embedded engine', true),
  databaseUrl: setting('database_url', URL_TEXT, null, 'a PostgreSQL server in place of the embedded database', true),
  logLevel: setting('log_level', LOG_LEVEL, 'info', LOG_LEVELS.join(', ')),
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

const PREFIX = 'POSTFLIGHT_';
const FILE_VARIABLE = 'POSTFLIGHT_CONFIG';
/** Read by `postflight gate`, which may share an environment with the service. */
const CLIENT_VARIABLES = ['POSTFLIGHT_TOKEN', 'POSTFLIGHT_SERVER'];
const MASK = '********';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The configuration: variables over the file over defaults. A secret may also be named by POSTFLIGHT_…_FILE. Throws an
 * `AppError` of code `configuration` that tells everything wrong.
 */
export function readConfig(environment: Environment, file = environment[FILE_VARIABLE]): Config {
  const problems: string[] = [];
  const fromFile = file === undefined ? new Map<string, string>() : readConfigFile(file, problems);
  const fromVariables = readVariables(environment, problems);
  const values: Record<string, unknown> = {};
  for (const [name, { key, notation, fallback, isSecret }] of Object.entries(SETTINGS)) {
    const stated = fromVariables.get(key) ?? fromFile.get(key) ?? fallback;
    const value = stated === null ? null : notation.read(stated);
    const shown = isSecret ? 'what it is set to' : `"${stated}"`;
    if (value === undefined) problems.push(`${key}: ${shown} cannot be read; give ${exampleOf(name)}`);
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

/** The host stays readable; user, password and query do not. */
export function maskUrl(text: string): string {
  const url = new URL(text);
  const user = url.username === '' && url.password === '' ? '' : `${MASK}@`;
  return `${url.protocol}//${user}${url.host}${url.pathname}${url.search === '' ? '' : `?${MASK}`}`;
}

export function formatAddress({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function readConfigFile(file: string, problems: string[]): Map<string, string> {
  const known = Object.values(SETTINGS).map(({ key }) => key);
  const document = readYaml(readTextFile(file, FILE_VARIABLE), file)[0];
  const stated = document?.value ?? {};
  if (typeof stated !== 'object' || Array.isArray(stated)) {
    problems.push(`${file}: is not a mapping of settings`);
    return new Map();
  }
  const values = new Map<string, string>();
  for (const [key, value] of Object.entries(stated as Record<string, unknown>)) {
    const place = `${file}:${document?.lineOf([key]) ?? 1}: ${key}`;
    if (!known.includes(key as never)) problems.push(`${place}: ${unknownName(key, known)}`);
    else if (typeof value !== 'string') problems.push(`${place}: is not a single value`);
    else values.set(key, value);
  }
  return values;
}

function readVariables(environment: Environment, problems: string[]): Map<string, string> {
  const known = new Map<string, Setting>(
    Object.values(SETTINGS).map((one) => [`${PREFIX}${one.key.toUpperCase()}`, one]),
  );
  const values = new Map<string, string>();
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || text === undefined) continue;
    if (variable === FILE_VARIABLE || CLIENT_VARIABLES.includes(variable)) continue;
    const named = known.get(variable);
    const secret = known.get(variable.replace(/_FILE$/, ''));
    if (named !== undefined) values.set(named.key, text);
    else if (secret?.isSecret) values.set(secret.key, readTextFile(text, variable).trim());
    else problems.push(`${variable}: ${unknownName(variable, [...known.keys(), FILE_VARIABLE])}`);
  }
  return values;
}

function readTextFile(file: string, variable: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AppError('configuration', `cannot read ${file}: ${(cause as Error).message}`, {
      place: variable,
      remedy: 'check the path, and that it may be read',
      cause,
    });
  }
}

function unknownName(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return `is not a setting${nearest === null ? '' : `; did you mean ${nearest}?`}`;
}

function exampleOf(name: string): string {
  const { fallback, says }: Setting = SETTINGS[name as keyof typeof SETTINGS];
  return fallback === null ? says : `${says}, such as ${fallback}`;
}

/** Where our own traces go. */
export interface TracingTarget {
  readonly endpoint: string | null;
  readonly isDisabled: boolean;
  readonly serviceName: string;
}

/** OpenTelemetry's own variables, as far as they decide whether we trace ourselves; the SDK reads the rest. */
export function readTracingTarget(environment: Environment): TracingTarget {
  return {
    endpoint: environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? environment.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    isDisabled: environment.OTEL_SDK_DISABLED === 'true',
    serviceName: environment.OTEL_SERVICE_NAME || 'postflight',
  };
}

function readAddress(text: string): Address | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) return undefined;
  return { host: match[1] ?? match[2] ?? '', port };
}

function readBytes(text: string): number | undefined {
  const match = /^([1-9]\d{0,11})([KMG]iB)?$/.exec(text);
  return match === null ? undefined : Number(match[1]) * BYTES_OF.get(match[2] ?? '')!;
}

/** The largest unit that the amount is a whole number of; largest first. */
function inLargestUnit(amount: number, units: readonly (readonly [name: string, size: number])[]): string {
  const [name, size] = units.find(([, size]) => amount % size === 0) ?? ['', 1];
  return `${amount / size}${name}`;
}

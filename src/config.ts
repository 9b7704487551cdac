import { readFileSync } from 'node:fs';
import { parseDurationMs } from './domain/duration.ts';
import { AppError } from './domain/error.ts';
import { nearestName } from './domain/nearest-name.ts';
import { readYaml } from './domain/yaml-place.ts';

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
  readonly analysisIntervalMs: number;
  readonly analysisPastMs: number;
  readonly analysisOpenMs: number;
  readonly shutdownGraceMs: number;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

type Reader = (text: string) => unknown;

interface Setting {
  /** The key in the file; the variable is POSTFLIGHT_ and the same in capitals. */
  readonly key: string;
  readonly read: Reader;
  readonly fallback: string | null;
  readonly isSecret: boolean;
  readonly says: string;
}

function setting(key: string, read: Reader, fallback: string | null, says: string, isSecret = false): Setting {
  return { key, read, fallback, isSecret, says };
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** One entry a setting: this table is the configuration file, the variables, and what `serve --check` prints. */
export const SETTINGS = {
  listen: setting('listen', readAddress, '127.0.0.1:4318', 'host:port to listen on'),
  data: setting('data', readText, './.postflight', 'folder of the embedded stores'),
  clickhouseUrl: setting('clickhouse_url', readUrl, null, 'a ClickHouse server in place of the embedded engine', true),
  databaseUrl: setting('database_url', readUrl, null, 'a PostgreSQL server in place of the embedded database', true),
  logLevel: setting('log_level', readLogLevel, 'info', LOG_LEVELS.join(', ')),
  wireLimitBytes: setting('wire_limit', readBytes, '8MiB', 'largest request body as sent'),
  decodedLimitBytes: setting('decoded_limit', readBytes, '32MiB', 'largest request body after decompression'),
  inFlightLimitBytes: setting('in_flight_limit', readBytes, '128MiB', 'all bodies being read at one time'),
  seriesLimit: setting('series_limit', readCount, '100000', 'active series of a tenant'),
  acceptPastMs: setting('accept_past', readDuration, '7d', 'how old a point may be when it comes'),
  acceptFutureMs: setting('accept_future', readDuration, '10m', 'how far ahead of our clock a point may be'),
  pointsRetentionMs: setting('points_retention', readDuration, '35d', 'how long points and cells are kept'),
  spansRetentionMs: setting('spans_retention', readDuration, '3d', 'how long spans are kept'),
  analysisIntervalMs: setting('analysis_interval', readDuration, '30s', 'how often an open upgrade is analysed again'),
  analysisPastMs: setting('analysis_past', readDuration, '2d', 'telemetry read from before the upgrade at least'),
  analysisOpenMs: setting('analysis_open', readDuration, '7d', 'how long an upgrade without an end of post is watched'),
  shutdownGraceMs: setting('shutdown_grace', readDuration, '10s', 'time that requests in flight have at the end'),
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
  for (const [name, { key, read, fallback }] of Object.entries(SETTINGS)) {
    const stated = fromVariables.get(key) ?? fromFile.get(key) ?? fallback;
    const value = stated === null ? null : read(stated);
    if (value === undefined) problems.push(`${key}: "${stated}" cannot be read; give ${exampleOf(name)}`);
    values[name] = value;
  }
  if (problems.length > 0) {
    throw new AppError('configuration', problems.join('\n'), {
      remedy: 'mend the variables or the file, then try again; postflight serve --check tests them',
    });
  }
  return values as unknown as Config;
}

/** What is in force, a line each, with secrets masked. */
export function describeConfig(config: Config): string {
  const lines = Object.entries(SETTINGS).map(([name, { key, isSecret }]) => {
    const value = config[name as keyof Config];
    return `${key}: ${shown(value, isSecret)}`;
  });
  return `${lines.join('\n')}\n`;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function shown(value: unknown, isSecret: boolean): string {
  if (value === null) return '(embedded)';
  if (isSecret) return maskUrl(String(value));
  if (typeof value === 'object') return formatAddress(value as Address);
  return String(value);
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
    throw new AppError('configuration', `cannot read ${file}: ${(cause as Error).message}`, { place: variable, cause });
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

function readText(text: string): string | undefined {
  return text === '' ? undefined : text;
}

function readAddress(text: string): Address | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) return undefined;
  return { host: match[1] ?? match[2] ?? '', port };
}

function readUrl(text: string): string | undefined {
  return URL.canParse(text) ? text : undefined;
}

function readLogLevel(text: string): string | undefined {
  return LOG_LEVELS.includes(text) ? text : undefined;
}

function readDuration(text: string): number | undefined {
  return parseDurationMs(text) ?? undefined;
}

function readCount(text: string): number | undefined {
  return /^[1-9]\d{0,11}$/.test(text) ? Number(text) : undefined;
}

const BYTES_OF: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['KiB', 1024],
  ['MiB', 1024 ** 2],
  ['GiB', 1024 ** 3],
]);

function readBytes(text: string): number | undefined {
  const match = /^([1-9]\d{0,11})([KMG]iB)?$/.exec(text);
  return match === null ? undefined : Number(match[1]) * BYTES_OF.get(match[2] ?? '')!;
}

/** OpenTelemetry's own variables, as far as they decide whether we trace ourselves; the SDK reads the rest. */
export function readTracingTarget(environment: Environment): { endpoint: string | null; isDisabled: boolean } {
  return {
    endpoint: environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? environment.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    isDisabled: environment.OTEL_SDK_DISABLED === 'true',
  };
}

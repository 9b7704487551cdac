import { parseDurationMs } from './domain/duration.ts';
import { readWebhookSecrets, showWebhookSecrets } from './ingest/signatures/webhook-secret.ts';

/** How values of one sort are written: `read` answers undefined for what is not one. */
export interface Notation {
  readonly read: (text: string) => unknown;
  readonly show: (value: never) => string;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export const MASK = '********';

export const TEXT: Notation = { read: (text) => (text === '' ? undefined : text), show: String };

export const COUNT: Notation = {
  read: (text) => (/^[1-9]\d{0,11}$/.test(text) ? Number(text) : undefined),
  show: String,
};

export const ADDRESS: Notation = { read: readAddress, show: formatAddress };

export const DURATION: Notation = {
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

const BYTES_OF: ReadonlyMap<string, number> = new Map([
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
  ['', 1],
]);

export const BYTES: Notation = { read: readBytes, show: (bytes) => inLargestUnit(bytes, [...BYTES_OF]) };

export const WEBHOOK_SECRETS: Notation = { read: readWebhookSecrets, show: showWebhookSecrets };

export function oneOf(names: readonly string[]): Notation {
  return { read: (text) => (names.includes(text) ? text : undefined), show: String };
}

/** An address with user and password in it, of one of these protocols. */
export function urlOf(...protocols: readonly string[]): Notation {
  return { read: (text) => (isUrlOf(protocols, text) ? text : undefined), show: maskUrl };
}

function isUrlOf(protocols: readonly string[], text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return protocols.includes(protocol) && isEscaped(username) && isEscaped(password);
}

/** A % that escapes nothing would be found only where the password is needed. */
function isEscaped(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
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

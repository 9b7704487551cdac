import { type Logger, pino } from 'pino';
import type { Config } from './config.ts';

const MASK = '********';
/** What is shorter masks more than it hides. */
const SHORTEST_SECRET = 4;

/** JSON lines on stderr. Whatever a message was made of, no configured secret and no token leaves in it. */
export function createLogger(config: Config, write: (line: string) => void): Logger {
  const hide = hiding(secretsOf(config));
  return pino(
    {
      level: config.logLevel,
      base: { service: 'postflight' },
      timestamp: pino.stdTimeFunctions.isoTime,
      hooks: { streamWrite: hide },
    },
    { write },
  );
}

function hiding(secrets: readonly string[]): (line: string) => string {
  const known = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  return (line) => {
    const masked = known.reduce((text, secret) => text.replaceAll(secret, MASK), line);
    return masked.replace(/\bpf_[\w-]{8,}/g, `pf_${MASK}`);
  };
}

/** Passwords and queries of the addresses of stores, as written and as they mean. */
function secretsOf({ clickhouseUrl, databaseUrl }: Config): string[] {
  const urls = [clickhouseUrl, databaseUrl].flatMap((text) => (text === null ? [] : [new URL(text)]));
  const parts = urls.flatMap(({ password, searchParams }) => [
    password,
    decodeURIComponent(password),
    ...searchParams.values(),
  ]);
  return [...new Set(parts)].filter((part) => part.length >= SHORTEST_SECRET);
}

import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { parseDurationMs } from '../domain/duration.ts';
import { AppError } from '../domain/error.ts';
import { deadline } from '../ingest/sources/deadline.ts';
import { VERDICT_STATUS } from './exit-status.ts';
import { print } from './printing.ts';
import type { Terminal } from './terminal.ts';

export interface GateOptions {
  readonly wait?: string;
  readonly server?: string;
}

const DEFAULT_SERVER = 'http://127.0.0.1:4318';
const LONGEST_POLL_MS = 30_000;
/** How long a poll may take beyond what it was asked to wait. */
const ANSWER_MS = 15_000;
const BETWEEN_POLLS_MS = 1000;

/** What an address that is right says while nothing, or something that is about to go, answers there. */
const PASSING_FAULTS: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'TimeoutError',
]);

const answerSchema = z.object({
  data: z.object({
    ok: z.boolean(),
    verdict: z.enum(['regressed', 'improved', 'no-regression', 'cannot-tell']).nullable(),
    reasons: z.array(z.string()),
  }),
});
type Answer = z.infer<typeof answerSchema>['data'];

/**
 * `postflight gate`: asks until there is a verdict or the time is up, also while the service is away; what is not known by
 * then is `cannot tell`.
 */
export async function gate(upgrade: string, options: GateOptions, terminal: Terminal): Promise<number> {
  const waitMs = waitOf(options);
  const server = serverOf(options, terminal);
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  terminal.once('SIGINT', interrupt);
  try {
    const answer = await askUntil(server, upgrade, performance.now() + waitMs, terminal, interruption.signal);
    await print(`${[answer.verdict ?? 'no report yet', ...answer.reasons].join('\n')}\n`, terminal);
    return answer.verdict === null ? VERDICT_STATUS['cannot-tell'] : VERDICT_STATUS[answer.verdict];
  } catch (error) {
    if (interruption.signal.aborted) throw new AppError('interrupted', 'interrupted before there was a verdict');
    throw error;
  } finally {
    terminal.removeListener('SIGINT', interrupt);
  }
}

async function askUntil(
  server: URL,
  upgrade: string,
  deadlineMs: number,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Answer> {
  let told = '';
  for (;;) {
    const leftMs = Math.max(0, deadlineMs - performance.now());
    const answer = await ask(server, upgrade, Math.min(leftMs, LONGEST_POLL_MS), terminal, signal).catch(passing);
    const untilMs = deadlineMs - performance.now();
    if (answer instanceof AppError) {
      if (untilMs <= 0) throw answer;
      const line = `postflight: ${answer.message}; asking again until the time is up\n`;
      if (line !== told) terminal.stderr.write(line);
      told = line;
      const wishedMs = Math.max(BETWEEN_POLLS_MS, 1000 * (answer.retryAfterSeconds ?? 0));
      await pause(Math.min(wishedMs, untilMs), undefined, { signal });
    } else {
      const isDecided = answer.verdict !== null && answer.verdict !== 'cannot-tell';
      if (isDecided || untilMs <= BETWEEN_POLLS_MS) return answer;
      await pause(BETWEEN_POLLS_MS, undefined, { signal });
    }
  }
}

/** What may be otherwise when it is asked again is an outcome, not a failure. */
function passing(error: unknown): AppError {
  if (error instanceof AppError && (error.code === 'unavailable' || error.code === 'rate-limited')) return error;
  throw error;
}

async function ask(
  server: URL,
  upgrade: string,
  waitMs: number,
  { env }: Terminal,
  signal: AbortSignal,
): Promise<Answer> {
  const url = new URL(`api/v1/upgrades/${encodeURIComponent(upgrade)}/gate`, server);
  url.searchParams.set('wait', `${Math.floor(waitMs / 1000)}s`);
  const token = tokenOf(env);
  const headers = { Accept: 'application/json', ...(token === null ? {} : { Authorization: `Bearer ${token}` }) };
  const limit = deadline(signal, Math.ceil(waitMs) + ANSWER_MS);
  const { response, text } = await answered(url, { headers, signal: limit.signal })
    .catch((error: Error) => {
      throw unanswered(server, error);
    })
    .finally(() => limit.clear());
  if (!response.ok) throw refused(server, response, text);
  const answer = answerSchema.safeParse(parsed(text));
  if (!answer.success) throw unreachable(server, 'unreadable', 'the answer is not that of a gate');
  return answer.data.data;
}

/** Not repeated: what no header can carry may still be most of a secret. */
function tokenOf(env: Terminal['env']): string | null {
  const token = (env.POSTFLIGHT_TOKEN ?? '').trim();
  if (token === '') return null;
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new AppError('usage', 'the token holds characters that no header can carry', {
    place: 'POSTFLIGHT_TOKEN',
    remedy: 'set it to the token alone, pf_ and what follows, without line breaks',
  });
}

async function answered(url: URL, init: RequestInit): Promise<{ response: Response; text: string }> {
  const response = await fetch(url, init);
  return { response, text: await response.text() };
}

function refused(server: URL, { status, headers }: Response, text: string): AppError {
  const problem = parsed(text) as { detail?: unknown; title?: unknown; remedy?: unknown } | null;
  const detail = String(problem?.detail ?? problem?.title ?? `status ${status}`);
  const remedy = typeof problem?.remedy === 'string' ? problem.remedy : null;
  if (status === 401 || status === 403) {
    return new AppError('usage', detail, {
      place: server.href,
      remedy: 'set POSTFLIGHT_TOKEN to a token that may read',
    });
  }
  if (status >= 400 && status < 500 && status !== 429) {
    return new AppError('usage', detail, { place: server.href, remedy: remedy ?? NOT_OURS });
  }
  return new AppError(status === 429 ? 'rate-limited' : 'unavailable', `no answer to build on: ${detail}`, {
    place: server.href,
    remedy: remedy ?? 'ask again later; the log of postflight serve says why',
    retryAfterSeconds: retryAfterOf(headers),
  });
}

/** Seconds or a date (RFC 9110, 10.2.3); 0 where it says nothing of use. */
function retryAfterOf(headers: Headers): number {
  const stated = headers.get('retry-after') ?? '';
  const seconds = /^\d+$/.test(stated) ? Number(stated) : (Date.parse(stated) - Date.now()) / 1000;
  return Math.max(0, seconds || 0);
}

const NOT_OURS = 'check that --server names postflight serve itself, with the path under which it is served';

/** Of several addresses that were tried, the error of all has a code and no message. */
function unanswered(server: URL, error: Error): AppError {
  const cause: Error & { code?: unknown } = error.cause instanceof Error ? error.cause : error;
  const fault = typeof cause.code === 'string' ? cause.code : cause.name;
  const code = PASSING_FAULTS.has(fault) ? 'unavailable' : 'unreadable';
  return unreachable(server, code, cause.message || fault, error);
}

function unreachable(server: URL, code: 'unavailable' | 'unreadable', message: string, cause?: unknown): AppError {
  return new AppError(code, `no answer to build on: ${message}`, {
    place: server.href,
    remedy: 'check that postflight serve runs there; --server names another address',
    cause,
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function waitOf({ wait }: GateOptions): number {
  if (wait === undefined || /^0{1,9}(ms|s|m|h|d)?$/.test(wait)) return 0;
  const waitMs = parseDurationMs(wait);
  if (waitMs !== null) return waitMs;
  throw new AppError('usage', `"${wait}" is not a time to wait`, {
    place: '--wait',
    remedy: 'write it as 30s, 15m or 2h',
  });
}

function serverOf({ server }: GateOptions, { env }: Terminal): URL {
  const stated = server ?? (env.POSTFLIGHT_SERVER || DEFAULT_SERVER);
  if (!URL.canParse(stated) || !/^https?:$/.test(new URL(stated).protocol)) {
    throw new AppError('usage', `"${stated}" is not the address of a server`, {
      place: server === undefined ? 'POSTFLIGHT_SERVER' : '--server',
      remedy: `write it as ${DEFAULT_SERVER}`,
    });
  }
  return new URL(stated.endsWith('/') ? stated : `${stated}/`);
}

import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import { AppError, type AppErrorCode } from '../../domain/error.ts';
import type { ReportRecord } from '../../domain/record-store.ts';
import { formatInstant } from '../../domain/window.ts';
import { permittedCaller } from '../authentication.ts';
import { type Endpoint, param } from '../endpoint.ts';
import type { ApiEnv, ApiParts } from '../services.ts';
import { neededUpgrade } from './upgrades.ts';

const QUESTION_MS = 1_000;
/** Proxies cut connections that are silent for a minute or less. */
const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 3_000;
/** How long who may not listen any more still does. */
const PERMISSION_MS = 15_000;
const ENDING: readonly AppErrorCode[] = ['unauthenticated', 'forbidden', 'not-found'];
/** Of reports missed while away, the latest. */
const CAUGHT_UP = 100;

type Summary = Omit<ReportRecord, 'document'>;

const readEvents: Endpoint = {
  method: 'get',
  path: '/api/v1/upgrades/{name}/events',
  scope: 'read',
  summary: 'A message for each new report of an upgrade',
  description:
    'Server-sent events without a name; `type` in their JSON says which. The stream ends with the final report, and asking again after it answers 204.',
  headers: { 'Last-Event-ID': 'the revision after which to go on' },
  answers: {
    200: { says: 'the stream', content: { 'text/event-stream': z.string() } },
    204: { says: 'the report of Last-Event-ID was the final one' },
  },
  handle: async (context, parts) => {
    const { tenant } = context.get('caller');
    const name = param(context, 'name');
    const { dueMs } = await neededUpgrade(parts.records, tenant, name);
    const { rows } = await parts.records.reports(tenant, name, { after: null, limit: 1 });
    const latest = rows[0];
    const seen = seenBy(context, latest);
    if (latest?.isFinal && dueMs === null && seen >= latest.revision) return context.body(null, 204);
    // Nobody reads what a HEAD answers: the stream would wait for that for ever.
    if (context.req.method === 'HEAD') return context.body(null, 200, { 'Content-Type': 'text/event-stream' });
    return stream(context, parts, name, seen);
  },
};

export const eventEndpoints = [readEvents];

/** The revision the client has; who comes for the first time gets the latest one. */
function seenBy(context: Context<ApiEnv>, latest: Summary | undefined): number {
  const stated = context.req.header('Last-Event-ID');
  if (stated !== undefined && /^\d{1,15}$/.test(stated)) return Number(stated);
  return latest === undefined ? 0 : latest.revision - 1;
}

function stream(context: Context<ApiEnv>, parts: ApiParts, name: string, seen: number): Response {
  const letGo = parts.held.hold();
  context.header('X-Accel-Buffering', 'no');
  const response = streamSSE(context, async (events) => {
    const gone = new AbortController();
    events.onAbort(() => gone.abort());
    try {
      const listener = {
        tenant: context.get('caller').tenant,
        name,
        seen,
        mayListen: () => mayListen(context, parts, name),
      };
      await tell(events, parts, listener, gone.signal);
    } catch (error) {
      // The client comes again with what it has seen; why it was cut off is in the log.
      const { method, path } = context.req;
      parts.onTrouble({ requestId: context.get('requestId'), method, path, error });
    } finally {
      letGo();
    }
  });
  return response;
}

/** A token may be revoked, and an upgrade removed, while a stream is open. */
async function mayListen(context: Context<ApiEnv>, parts: ApiParts, name: string): Promise<boolean> {
  try {
    const { tenant } = await permittedCaller(context.req.raw, 'read', parts);
    await neededUpgrade(parts.records, tenant, name);
    return true;
  } catch (error) {
    if (error instanceof AppError && ENDING.includes(error.code)) return false;
    throw error;
  }
}

interface Listener {
  readonly tenant: string;
  readonly name: string;
  readonly seen: number;
  readonly mayListen: () => Promise<boolean>;
}

async function tell(events: SSEStreamingApi, parts: ApiParts, listener: Listener, gone: AbortSignal): Promise<void> {
  const { records, elapsedMs, sleep, stopping } = parts;
  const ended = AbortSignal.any([gone, stopping]);
  let { seen } = listener;
  await events.write(`retry: ${RECONNECT_MS}\n\n`);
  let spokenMs = elapsedMs();
  let permittedMs = spokenMs;
  while (!ended.aborted) {
    if (elapsedMs() - permittedMs >= PERMISSION_MS) {
      if (!(await listener.mayListen())) return;
      permittedMs = elapsedMs();
    }
    const { rows } = await records.reports(listener.tenant, listener.name, { after: null, limit: CAUGHT_UP });
    for (const report of rows.filter(({ revision }) => revision > seen).reverse()) {
      await events.writeSSE({ id: String(report.revision), data: JSON.stringify(messageOf(report)) });
      seen = report.revision;
      spokenMs = elapsedMs();
    }
    const latest = rows[0];
    if (latest?.isFinal && latest.revision === seen) return;
    if (elapsedMs() - spokenMs >= HEARTBEAT_MS) {
      await events.write(': still here\n\n');
      spokenMs = elapsedMs();
    }
    await sleep(QUESTION_MS, ended);
  }
}

function messageOf({ upgrade, revision, verdict, madeMs, isFinal, digest }: Summary) {
  return { type: 'report', upgrade, revision, verdict, made: formatInstant(madeMs), final: isFinal, digest };
}

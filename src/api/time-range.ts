import { z } from '@hono/zod-openapi';
import { AppError } from '../domain/error.ts';
import { parseInstantMs } from '../domain/instant.ts';
import { formatInstant, type Window } from '../domain/window.ts';

export const rangeParameters = {
  from: z.string().optional().openapi({ format: 'date-time', description: 'RFC 3339' }),
  to: z.string().optional().openapi({ format: 'date-time', description: 'RFC 3339, not included; now otherwise' }),
};

/** The stretch a query asks for; `usualMs` before its end where it names no start. */
export function rangeOf(
  stated: { readonly from?: string | undefined; readonly to?: string | undefined },
  nowMs: number,
  { usualMs, longestMs }: { readonly usualMs: number; readonly longestMs: number },
): Window {
  const endMs = stated.to === undefined ? nowMs : instantOf(stated.to, 'to');
  const startMs = stated.from === undefined ? endMs - usualMs : instantOf(stated.from, 'from');
  if (startMs >= endMs) {
    throw new AppError('malformed', 'the query ends before it starts', {
      place: '?from',
      remedy: `let from lie before ${formatInstant(endMs)}`,
    });
  }
  if (endMs - startMs > longestMs) {
    throw new AppError('malformed', `the query asks for more than ${longestMs / 3_600_000} hours`, {
      place: '?from',
      remedy: 'ask for shorter stretches, one after the other',
    });
  }
  return { startMs, endMs };
}

function instantOf(text: string, name: string): number {
  const atMs = parseInstantMs(text);
  if (atMs !== null) return atMs;
  throw new AppError('malformed', `${name} is not a time`, {
    place: `?${name}`,
    remedy: 'write it as 2026-11-20T02:00:00Z',
  });
}

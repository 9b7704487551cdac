import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { AppError, type Fault } from '../domain/error.ts';
import type { Scope } from '../domain/record-store.ts';
import type { ApiEnv, ApiParts } from './services.ts';

/** One operation of the API: what the document says of it and what it does. */
export interface Endpoint {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** With parameters in braces, as in the contract. */
  readonly path: string;
  readonly scope: Scope;
  /** Webhooks that are signed need no token. */
  readonly takesSignatures?: true;
  readonly summary: string;
  readonly description?: string;
  readonly query?: z.ZodObject;
  /** Request headers that change what is done, beside those every operation has; with what they say. */
  readonly headers?: Readonly<Record<string, string>>;
  /** By content type; a schema for JSON of our own, else the description of what is sent. */
  readonly body?: Readonly<Record<string, z.ZodType>>;
  /** Beside the problems every operation may answer with. */
  readonly answers: Readonly<Record<number, Answer>>;
  handle(context: Context<ApiEnv>, parts: ApiParts): Promise<Response>;
}

export interface Answer {
  readonly says: string;
  readonly content?: Readonly<Record<string, z.ZodType>>;
}

export function param(context: Context<ApiEnv>, name: string): string {
  return context.req.param(name) ?? '';
}

/** The query, read by its schema; what is wrong with it is told by parameter. */
export function queryOf<Schema extends z.ZodType>(context: Context<ApiEnv>, schema: Schema): z.output<Schema> {
  return readBy(schema, context.req.query(), 'the query');
}

export function readBy<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const faults = read.error.issues.map((issue): Fault => {
    return {
      pointer: issue.path.map((step) => `/${String(step)}`).join(''),
      line: 1,
      message: issue.message,
      remedy: '',
    };
  });
  const [first] = faults;
  throw new AppError('malformed', `${what} is wrong: ${first?.message ?? ''}`, {
    place: first?.pointer ?? null,
    faults,
  });
}

export function upgradePath(name: string): string {
  return `/api/v1/upgrades/${encodeURIComponent(name)}`;
}

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

/** The query, read by its schema; a parameter that is not known would be one that was meant to change the answer. */
export function queryOf<Schema extends z.ZodObject>(context: Context<ApiEnv>, schema: Schema): z.output<Schema> {
  return readBy(schema.strict(), context.req.query(), 'the query', (name) => `?${name}`) as z.output<Schema>;
}

export function bodyOf<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  return readBy(schema, value, 'the body', (path) => `/${path}`);
}

function readBy<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
  placeOf: (path: string) => string,
): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const faults = read.error.issues.map((issue): Fault => {
    const pointer = issue.path.map((step) => `/${String(step)}`).join('');
    return { pointer, line: 1, message: issue.message, remedy: SEE_DOCS };
  });
  const [first] = faults;
  const place = first === undefined || first.pointer === '' ? null : placeOf(first.pointer.slice(1));
  throw new AppError('malformed', `${what} is wrong: ${first?.message ?? ''}`, { place, remedy: SEE_DOCS, faults });
}

const SEE_DOCS = 'see /docs for what it takes';

export function upgradePath(name: string): string {
  return `/api/v1/upgrades/${encodeURIComponent(name)}`;
}

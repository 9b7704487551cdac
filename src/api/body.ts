import type { Context } from 'hono';
import { AppError } from '../domain/error.ts';
import { mediaTypeOf } from '../ingest/formats/media-type.ts';
import { WireBody } from '../ingest/routes/request-body.ts';
import { unpack } from '../ingest/routes/unpacking.ts';
import type { ApiEnv, ApiServices } from './services.ts';

/** Documents people write; what decodes them stops at a million characters. */
const LIMIT_BYTES = 4 * 1024 ** 2;

export const JSON_TYPES = ['application/json'] as const;
export const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'] as const;

/** The text of a body whose content type is one of those named, or ends in one of their suffixes (`+json`). */
export async function textBody(
  context: Context<ApiEnv>,
  { budget }: ApiServices,
  types: readonly string[],
): Promise<string> {
  const type = mediaTypeOf(context.req.header('Content-Type'));
  if (!types.includes(type) && !types.includes(suffixType(type))) {
    throw new AppError('unsupported-media', `content type "${type.slice(0, 100)}" is not understood`, {
      place: 'Content-Type',
      remedy: `send one of ${types.join(', ')}`,
    });
  }
  const hold = budget.open();
  try {
    const encoding = (context.req.header('Content-Encoding') ?? '').trim().toLowerCase();
    return decoded(await unpack(packedChunks(context), encoding, LIMIT_BYTES, hold));
  } finally {
    hold.release();
  }
}

/** A body whose signature was checked has been read for that. */
async function* packedChunks(context: Context<ApiEnv>): AsyncGenerator<Uint8Array> {
  const read = context.get('packedBody');
  if (read === undefined) yield* new WireBody(context, LIMIT_BYTES).chunks();
  else yield read;
}

/** `application/cloudevents+json` is JSON (RFC 6839). */
function suffixType(type: string): string {
  const suffix = /^application\/[\w.-]+\+(json|yaml)$/.exec(type)?.[1];
  return suffix === undefined ? type : `application/${suffix}`;
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('malformed', 'the body is not UTF-8', { cause, remedy: 'send it encoded as UTF-8' });
  }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('malformed', `the body is not JSON: ${(cause as Error).message}`, {
      cause,
      remedy: 'correct it there, and send it again',
    });
  }
}

import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';

const LARGEST_PAGE = 500;
const USUAL_PAGE = 50;

export const cursorParameter = z.string().max(8_192).optional().openapi({ description: 'the `next` of an answer' });

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(LARGEST_PAGE).default(USUAL_PAGE),
  cursor: cursorParameter,
});

/** RFC 8288: the same request, further on. */
export function linkNext(context: Context, next: string | null): void {
  if (next === null) return;
  const url = new URL(context.req.url);
  url.searchParams.set('cursor', next);
  context.header('Link', `<${url.pathname}${url.search}>; rel="next"`);
}

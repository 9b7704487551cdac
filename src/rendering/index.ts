import type { Report } from '../domain/report.ts';
import { renderHtml } from './html.ts';
import { renderJson } from './json.ts';
import { renderMarkdown } from './markdown.ts';
import type { TextOptions } from './text.ts';
import { renderText } from './text.ts';

/** A report as a document. Only text depends on where it is shown. */
export type Renderer = (report: Report, options: TextOptions) => string;

/** Every format a report can be had in, by the name it is asked for. */
export const RENDERERS = {
  text: renderText,
  json: renderJson,
  markdown: renderMarkdown,
  html: renderHtml,
} as const satisfies Record<string, Renderer>;

export type RendererName = keyof typeof RENDERERS;

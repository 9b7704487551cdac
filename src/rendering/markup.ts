import { visible } from './visible.ts';

/** HTML or SVG that may stand in a page as it is; `html` makes it, and the page wraps its own style in it. */
export class Markup {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

export type Interpolation = Markup | string | number | null | readonly Interpolation[];

/** Tagged template: interpolated strings are escaped for text and quoted attributes alike, null is nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Interpolation[]): Markup {
  let source = strings[0] ?? '';
  for (const [index, value] of values.entries()) source += sourceOf(value) + (strings[index + 1] ?? '');
  return new Markup(source);
}

function sourceOf(value: Interpolation): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.source;
  if (Array.isArray(value)) return value.map(sourceOf).join('');
  return escapeHtml(String(value));
}

const ENTITIES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
  ['`', '&#96;'],
]);

/** Text for an element or a quoted attribute; `script:` loses its colon, so that no copy of it is a working address. */
export function escapeHtml(text: string): string {
  return visible(text)
    .replace(/[&<>"'`]/g, (character) => ENTITIES.get(character) ?? character)
    .replace(/(script\s*):/gi, '$1&#58;');
}

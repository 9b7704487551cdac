import { visible, visibleName } from '../visible.ts';

const ENTITIES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

/**
 * Text that Markdown shows as it is: no emphasis, code, link, table cell, HTML or mention comes of it. GitHub links bare
 * addresses and @names after parsing, so their marks are broken up rather than only escaped.
 */
export function escapeMarkdown(text: string): string {
  return visible(text)
    .replace(/[\\`*{}[\]|~#!$]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/[&<>]/g, (character) => ENTITIES.get(character) ?? character)
    .replace(/:(?=\/)/g, '\\:')
    .replace(/(script\s*):/gi, '$1\\:')
    .replace(/\bwww\./gi, 'www\\.')
    .replace(/@+|(?<=\\)#(?=\d)/g, '`$&`')
    .replaceAll('\\`#`', '`#`');
}

/** The same for text that opens a paragraph or a bullet, where a number or a dash would open a list. */
export function markdownLine(text: string): string {
  return escapeMarkdown(text).replace(/^(\d*)([-+=.)])/, '$1\\$2');
}

/** A name as code where code can hold it, which keeps routes readable; escaped text where it cannot. */
export function markdownName(name: string): string {
  const shown = visibleName(name);
  return /^[^`<>&|\\]+$/.test(shown) && !/script\s*:/i.test(shown) && shown === shown.trim()
    ? `\`${shown}\``
    : escapeMarkdown(shown);
}

import { formatCount } from '../../domain/numbers.ts';
import type { Paragraph } from './layout.ts';

export const BLANK_LINE: Paragraph = { indent: 0, hang: 0, spans: [] };

/** A section's title with an empty line before it, and how many entries it holds. */
export function heading(title: string, count: number | null = null): readonly Paragraph[] {
  const counted = count === null ? '' : ` (${formatCount(count)})`;
  return [BLANK_LINE, { indent: 0, hang: 2, spans: [{ text: `${title.toUpperCase()}${counted}`, tone: 'strong' }] }];
}

export function moreParagraph(count: number): readonly Paragraph[] {
  if (count <= 0) return [];
  const text = `… and ${formatCount(count)} more in the JSON or HTML report`;
  return [{ indent: 4, hang: 6, spans: [{ text, tone: 'quiet' }] }];
}

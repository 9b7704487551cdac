import type { Report } from '../../domain/report.ts';
import { shortName } from './comparisons.ts';
import type { Paragraph } from './layout.ts';

/** A shorter name is whole in sentences, however narrow the terminal. */
const ALWAYS_WHOLE = 160;
const MOST_LINES = 2;
/** Of the width that a longer one keeps. */
const KEPT_SHARE = 0.5;

/** Names that would fill more than two lines are cut in the middle where sentences hold them, as they are in rows. */
export function withShortNames(paragraphs: readonly Paragraph[], report: Report, width: number): readonly Paragraph[] {
  const longest = Math.max(ALWAYS_WHOLE, MOST_LINES * width);
  const names = namesOf(report).filter(({ length }) => length > longest);
  if (names.length === 0) return paragraphs;
  // The longest first: a name may begin with another.
  names.sort((left, right) => right.length - left.length);
  const shorten = (text: string): string => {
    if (text.length <= longest) return text;
    return names.reduce(
      (rest, name) => (rest.includes(name) ? rest.replaceAll(name, () => shortName(name, width, KEPT_SHARE)) : rest),
      text,
    );
  };
  return paragraphs.map((paragraph) => ({
    ...paragraph,
    spans: paragraph.spans.map(({ text, tone }) => ({ text: shorten(text), tone })),
  }));
}

function namesOf({ comparisons, suspects }: Report): string[] {
  const names = new Set<string>();
  for (const { service, endpoint, peer, indicator } of comparisons) {
    for (const name of [service, endpoint, peer, indicator]) if (name !== null) names.add(name);
  }
  for (const { change } of suspects) names.add(change);
  return [...names];
}

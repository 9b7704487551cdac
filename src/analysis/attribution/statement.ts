/** One thing that speaks for or against a change. What is said of several places alike shares its claim. */
export interface Statement {
  /** Half a sentence: "nothing leads to it", "traffic that met it was slower than traffic beside it". */
  readonly claim: string;
  /** Of what: an endpoint, or a comparison; null where the claim says all. */
  readonly place: string | null;
  /** The numbers, of this place. */
  readonly detail: string | null;
}

/** Places written out behind one claim; the rest are counted. */
const MOST_PLACES = 3;

export function plainly(claim: string): Statement {
  return { claim, place: null, detail: null };
}

/** One sentence for each claim, in order of their first places; the same place is named once. */
export function sentencesOf(statements: readonly Statement[]): string[] {
  const byClaim = new Map<string, Map<string, string>>();
  for (const { claim, place, detail } of statements) {
    const places = byClaim.get(claim) ?? new Map<string, string>();
    byClaim.set(claim, places);
    if (place !== null && !places.has(place)) places.set(place, detail === null ? place : `${place} (${detail})`);
  }
  return [...byClaim].map(([claim, places]) => sentence(claim, [...places.values()]));
}

function sentence(claim: string, places: readonly string[]): string {
  const shown = places.slice(0, MOST_PLACES);
  const rest = places.length - shown.length;
  const listed = [...shown, ...(rest === 0 ? [] : [`${rest} more`])];
  const list = listed.length < 2 ? listed.join('') : `${listed.slice(0, -1).join('; ')} and ${listed.at(-1)}`;
  return asSentence(list === '' ? claim : `${claim}: ${list}`);
}

/** A plain word at the beginning: names of changes and indicators (`backoff.v2`, `latency.p99`) keep their letters. */
const PLAIN_WORD = /^[a-z]+(?=[\s,:]|$)/;

export function asSentence(text: string): string {
  return PLAIN_WORD.test(text) ? `${text[0]!.toUpperCase()}${text.slice(1)}.` : `${text}.`;
}

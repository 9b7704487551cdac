/** A series as text says it, or what is wrong with it. */
export interface SeriesText {
  readonly metric: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly problem: string | null;
}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const QUOTED = /"((?:[^"\\\n]|\\.)*)"/y;
const BLANKS = /[ \t]*/y;
const ESCAPE = /\\(.)/g;
const METRIC_NAME = '__name__';

/**
 * Reads `name{label="value", …}`, where any name may be quoted and the metric's may stand first between the braces (OpenMetrics
 * 1.0; Prometheus, exposition formats, UTF-8 names).
 */
export function readSeriesText(text: string): SeriesText {
  const reader = new TextReader(text);
  const draft: Draft = { metric: reader.take(NAME) ?? '', labels: new Map() };
  let problem: string | null = null;
  if (reader.takeChar('{')) {
    while (problem === null && !reader.takeChar('}')) {
      problem = readLabel(reader, draft);
      const isApart = reader.takeChar(',') || reader.isAt('}');
      if (!isApart) problem ??= 'labels are not set apart by commas';
    }
  }
  const { metric, labels } = draft;
  if (metric === '') problem ??= 'the series has no name';
  return { metric, labels: sortedWithoutEmpty(labels), problem };
}

interface Draft {
  metric: string;
  readonly labels: Map<string, string>;
}

/** Answers what is wrong with the label. */
function readLabel(reader: TextReader, draft: Draft): string | null {
  const quoted = reader.takeQuoted();
  const name = quoted ?? reader.take(NAME);
  if (name === null) return 'a label has no name';
  if (!reader.takeChar('=')) {
    if (quoted === null || draft.metric !== '') return `label ${JSON.stringify(name)} has no value`;
    draft.metric = quoted;
    return null;
  }
  const value = reader.takeQuoted();
  if (value === null) return `label ${JSON.stringify(name)} has no value`;
  if (draft.labels.has(name)) return `label ${JSON.stringify(name)} appears twice`;
  if (name === METRIC_NAME) draft.metric = value;
  else draft.labels.set(name, value);
  return null;
}

/** An empty value is the absence of a label. */
function sortedWithoutEmpty(labels: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...labels].filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : 1)));
}

class TextReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  take(pattern: RegExp): string | null {
    this.#skipBlanks();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return null;
    this.#at = pattern.lastIndex;
    return found[0];
  }

  takeQuoted(): string | null {
    const quoted = this.take(QUOTED);
    return quoted === null
      ? null
      : quoted.slice(1, -1).replace(ESCAPE, (_, char: string) => (char === 'n' ? '\n' : char));
  }

  takeChar(char: string): boolean {
    if (!this.isAt(char)) return false;
    this.#at++;
    return true;
  }

  isAt(char: string): boolean {
    this.#skipBlanks();
    return this.#text[this.#at] === char;
  }

  #skipBlanks(): void {
    BLANKS.lastIndex = this.#at;
    BLANKS.exec(this.#text);
    this.#at = BLANKS.lastIndex;
  }
}

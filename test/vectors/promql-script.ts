/** A sample of a series in a PromQL test script: a number, a native histogram, or nothing. */
export type Sample = number | NativeHistogram | null;

export interface NativeHistogram {
  readonly schema: number;
  readonly count: number;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  /** Bucket `offset` of a schema from 0 up ends at 1; values count up from it. */
  readonly offset: number;
  readonly positive: readonly number[];
  readonly negative: readonly number[];
  readonly bounds: readonly number[];
}

export interface Series {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly stepSeconds: number;
  readonly samples: readonly Sample[];
}

export interface Expectation {
  readonly file: string;
  readonly line: number;
  readonly atSeconds: number;
  readonly expression: string;
  readonly results: readonly { readonly labels: ReadonlyMap<string, string>; readonly value: number }[];
  readonly series: readonly Series[];
}

const SECONDS = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
]);

export function secondsOf(duration: string): number {
  const parts = duration.match(/^(\d+)([smh])$/);
  return parts === null ? Number(duration) : Number(parts[1]) * SECONDS.get(parts[2]!)!;
}

export function numberOf(text: string): number {
  if (/^[+-]?inf$/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const division = text.split('/');
  return division.length === 2 ? Number(division[0]) / Number(division[1]) : Number(text);
}

export function labelsOf(text: string): Map<string, string> {
  return new Map([...text.matchAll(/([a-z_]\w*)\s*=\s*"([^"]*)"/gi)].map((match) => [match[1]!, match[2]!]));
}

function histogramOf(text: string): NativeHistogram {
  const scalar = (key: string) => Number(text.match(new RegExp(`(?:^|\\s)${key}:(\\S+)`))?.[1] ?? 0);
  const list = (key: string) =>
    (text.match(new RegExp(`(?:^|\\s)${key}:\\[([^\\]]*)\\]`))?.[1] ?? '')
      .split(/\s+/)
      .filter((part) => part !== '')
      .map(Number);
  return {
    schema: scalar('schema'),
    count: scalar('count'),
    zeroCount: scalar('z_bucket'),
    zeroThreshold: scalar('z_bucket_w'),
    offset: scalar('offset'),
    positive: list('buckets'),
    negative: list('n_buckets'),
    bounds: list('custom_values'),
  };
}

function addedList(a: readonly number[], aOffset: number, b: readonly number[], bOffset: number): [number[], number] {
  const offset = a.length === 0 ? bOffset : b.length === 0 ? aOffset : Math.min(aOffset, bOffset);
  const length = Math.max(a.length + aOffset, b.length + bOffset) - offset;
  const sums = Array.from({ length }, (_, i) => (a[i + offset - aOffset] ?? 0) + (b[i + offset - bOffset] ?? 0));
  return [sums, offset];
}

/** The same buckets at a lower resolution. */
function downscaled(histogram: NativeHistogram, schema: number): NativeHistogram {
  const factor = 2 ** (histogram.schema - schema);
  if (factor === 1 || histogram.schema === -53) return histogram;
  const offset = Math.ceil(histogram.offset / factor);
  const merged = (list: readonly number[]) => {
    const counts: number[] = [];
    list.forEach((count, i) => {
      const index = Math.ceil((histogram.offset + i) / factor) - offset;
      counts[index] = (counts[index] ?? 0) + count;
    });
    return counts;
  };
  const { positive, negative } = histogram;
  return { ...histogram, schema, offset, positive: merged(positive), negative: merged(negative) };
}

/** Sum of two histograms, at the lower of their resolutions; `factor` -1 subtracts. */
export function addHistograms(first: NativeHistogram, second: NativeHistogram, factor = 1): NativeHistogram {
  const schema = Math.min(first.schema, second.schema);
  const [a, b] = [downscaled(first, schema), downscaled(second, schema)];
  const scaled = (list: readonly number[]) => list.map((value) => factor * value);
  const [positive, offset] = addedList(a.positive, a.offset, scaled(b.positive), b.offset);
  const [negative] = addedList(a.negative, a.offset, scaled(b.negative), b.offset);
  return {
    ...a,
    count: a.count + factor * b.count,
    zeroCount: a.zeroCount + factor * b.zeroCount,
    offset,
    positive,
    negative,
  };
}

/** Samples of `{{…}}x3`, `{{…}}+{{…}}x10`, `0+5x10`, `1 2 _ 4`. */
function samplesOf(text: string): Sample[] {
  const samples: Sample[] = [];
  const pattern = /\{\{(.*?)\}\}(?:\+\{\{(.*?)\}\})?(?:x(\d+))?|(-?[\d.]+)(?:([+-][\d.]+)?x(\d+))?|_(?:x(\d+))?/g;
  for (const [whole, first, step, times, number, increment, numberTimes, gaps] of text.matchAll(pattern)) {
    const count = Number(times ?? numberTimes ?? 0);
    if (whole.startsWith('_')) samples.push(...new Array<null>(Number(gaps ?? 1)).fill(null));
    else if (number !== undefined) {
      for (let i = 0; i <= count; i++) samples.push(Number(number) + i * Number(increment ?? 0));
    } else {
      let histogram = histogramOf(first!);
      for (let i = 0; i <= count; i++) {
        samples.push(histogram);
        if (step !== undefined) histogram = addHistograms(histogram, histogramOf(step));
      }
    }
  }
  return samples;
}

type Block =
  | { readonly kind: 'load'; readonly stepSeconds: number }
  | { readonly kind: 'eval'; readonly results: { labels: ReadonlyMap<string, string>; value: number }[] }
  | null;

function seriesOf(line: string, stepSeconds: number): Series[] {
  const loaded = line.match(/^([a-z_:][\w:]*)(\{[^{].*?\}|\{\})?\s+(.+)$/i);
  if (loaded === null) return [];
  const [, name, labels, samples] = loaded;
  return [{ name: name!, labels: labelsOf(labels ?? ''), stepSeconds, samples: samplesOf(samples!) }];
}

/** Instant queries of a PromQL test script with numeric answers, each with the series loaded before it. */
export function expectationsOf(file: string, text: string): Expectation[] {
  const expectations: Expectation[] = [];
  let series: Series[] = [];
  let block: Block = null;
  const begin = (line: string, number: number): Block => {
    const load = line.match(/^load(?:_with_nhcb)?\s+(\S+)$/);
    if (load !== null) return { kind: 'load', stepSeconds: secondsOf(load[1]!) };
    const [, at, expression] = line.match(/^eval instant at (\S+)\s+(.*)$/) ?? [];
    if (at === undefined || expression === undefined) return null;
    const results: Expectation['results'][number][] = [];
    expectations.push({ file, line: number, atSeconds: secondsOf(at), expression: expression.trim(), results, series });
    return { kind: 'eval', results };
  };
  text.split('\n').forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return;
    if (/^(load|eval|clear)/.test(line)) {
      if (line === 'clear') series = [];
      block = begin(line, index + 1);
    } else if (block?.kind === 'load') series = [...series, ...seriesOf(line, block.stepSeconds)];
    else if (block?.kind === 'eval') {
      const answer = line.match(/^(\{.*?\})\s+([^\s{]+)$/);
      if (answer !== null) block.results.push({ labels: labelsOf(answer[1]!), value: numberOf(answer[2]!) });
    }
  });
  return expectations;
}

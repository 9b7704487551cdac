import { type Entry, type Forms, readEntry, withoutMore } from './outline.ts';
import type { Words } from './words.ts';
import type { Call, EndpointLoad, Latency, Load, ServiceLoad, TrafficKinds } from './written-scenario.ts';

/** Of a latency whose p99 is not stated: a lognormal spread of 0.6, as web services have. */
const P99_OVER_P50 = 4;
const BACKOFF_MS = 100;
/** Long enough that no answer is late. */
const TIMEOUT_MS = 60_000;
const DIFFER = 0.03;

const SERVICE = 'service NAME on N instances[, capacity N requests/min]';
const ENDPOINT = 'endpoint "NAME"[, N requests/min], p50 TIME[, p99 TIME][, errors N %]';
const CALL =
  'calls NAME ["ENDPOINT"][, p50 TIME][, p99 TIME][, errors N %][, retries N %][, backoff TIME][, timeout TIME]';
const KINDS = 'kinds by ATTRIBUTE VALUE N %[ latency x N], VALUE N %[ latency x N], …';

type Part =
  | { readonly service: ServiceLoad }
  | { readonly baselineMinutes: number; readonly windowMinutes: number; readonly postMinutes: number }
  | { readonly instancesDiffer: number }
  | { readonly minutesDiffer: number };

export function readLoad(section: Entry, file: string): Load {
  const forms: Forms<Part> = {
    service: { form: SERVICE, read: (words, entry) => ({ service: readService(words, entry, file) }) },
    baseline: { form: 'baseline TIME[, window TIME], post TIME', read: plain(file, readTimes) },
    instances: {
      form: 'instances differ by N %',
      read: plain(file, (words) => ({ instancesDiffer: readDifference(words) })),
    },
    minutes: {
      form: 'minutes differ by N %',
      read: plain(file, (words) => ({ minutesDiffer: readDifference(words) })),
    },
  };
  const parts = section.below.map((entry) => readEntry(entry, forms, file));
  return {
    services: parts.flatMap((part) => ('service' in part ? [part.service] : [])),
    baselineMinutes: 0,
    windowMinutes: 0,
    postMinutes: 0,
    instancesDiffer: DIFFER,
    minutesDiffer: DIFFER,
    ...Object.assign({}, ...parts.filter((part) => !('service' in part))),
  };
}

/** For a line of its own, below which nothing stands. */
function plain<Result>(file: string, read: (words: Words) => Result): (words: Words, entry: Entry) => Result {
  return (words, entry) => {
    const result = read(words);
    words.end();
    withoutMore(entry, file);
    return result;
  };
}

function readTimes(words: Words): Part {
  const baselineMinutes = words.minutes('baseline');
  words.expect(',');
  const windowMinutes = words.skips('window') ? words.minutes('window') : 0;
  if (windowMinutes > 0) words.expect(',');
  words.expect('post');
  return { baselineMinutes, windowMinutes, postMinutes: words.minutes('post') };
}

function readDifference(words: Words): number {
  words.expect('differ', 'by');
  return words.percent('difference');
}

function readService(words: Words, entry: Entry, file: string): ServiceLoad {
  const name = words.name('service');
  words.expect('on');
  const instances = words.whole('number of instances');
  words.expect('instances');
  let capacity: number | null = null;
  if (words.skips(',', 'capacity')) {
    capacity = words.positive('capacity');
    words.expect('requests/min');
  }
  words.end();
  const forms: Forms<EndpointLoad> = {
    endpoint: { form: ENDPOINT, read: (line, below) => readEndpoint(line, below, file) },
  };
  const endpoints = entry.below.map((below) => readEntry(below, forms, file));
  return { name, instances, capacity, endpoints, line: entry.line };
}

function readEndpoint(words: Words, entry: Entry, file: string): EndpointLoad {
  const name = words.quoted('endpoint');
  if (!/^[A-Z]+ \//.test(name)) words.fail(`"${name}" is no endpoint`, 'write a method and a route: "POST /orders"');
  words.expect(',');
  let requestsPerMinute = 0;
  if (!words.skips('p50')) {
    requestsPerMinute = words.positive('rate');
    words.expect('requests/min', ',', 'p50');
  }
  const latency = readLatency(words);
  const errors = words.skips(',', 'errors') ? words.percent('errors') : 0;
  words.end();
  const forms: Forms<Call | TrafficKinds> = {
    calls: { form: CALL, read: plain(file, readCall) },
    kinds: { form: KINDS, read: plain(file, readKinds) },
  };
  const below = entry.below.map((one) => readEntry(one, forms, file));
  return {
    name,
    requestsPerMinute,
    latency,
    errors,
    calls: below.filter((one): one is Call => 'peer' in one),
    kinds: below.find((one): one is TrafficKinds => 'attribute' in one) ?? null,
  };
}

/** After the word p50. */
function readLatency(words: Words): Latency {
  const p50Ms = words.milliseconds('p50');
  const p99Ms = words.skips(',', 'p99') ? words.milliseconds('p99') : P99_OVER_P50 * p50Ms;
  if (p50Ms <= 0 || p99Ms <= p50Ms) words.fail(`p50 ${p50Ms} ms and p99 ${p99Ms} ms are no distribution`);
  return { p50Ms, p99Ms };
}

function readCall(words: Words): Call {
  const peer = words.name('service or peer');
  const endpoint = words.isQuoted ? words.quoted('endpoint') : null;
  const latency = words.skips(',', 'p50') ? readLatency(words) : null;
  const errors = words.skips(',', 'errors') ? words.percent('errors') : 0;
  const retries = words.skips(',', 'retries') ? words.percent('retries') : 0;
  const backoffMs = words.skips(',', 'backoff') ? words.milliseconds('backoff') : BACKOFF_MS;
  const timeoutMs = words.skips(',', 'timeout') ? words.milliseconds('timeout') : TIMEOUT_MS;
  return { peer, endpoint, latency, errors, retries, backoffMs, timeoutMs, line: words.line };
}

function readKinds(words: Words): TrafficKinds {
  words.expect('by');
  const attribute = words.name('attribute');
  const kinds: TrafficKinds['kinds'][number][] = [];
  do {
    const value = words.name('kind of traffic');
    const share = words.percent('share');
    kinds.push({ value, share, latencyFactor: words.skips('latency', 'x') ? words.positive('factor') : 1 });
  } while (words.skips(','));
  const total = kinds.reduce((sum, { share }) => sum + share, 0);
  if (Math.abs(total - 1) > 1e-9) words.fail(`the kinds add up to ${100 * total} %`, 'make them add up to 100 %');
  return { attribute, kinds };
}

import type { SeededRandom } from '../../support/seeded-random.ts';
import { type Fields, keyValues, nanoseconds } from '../messages.ts';
import type { LayoutCase, Reporting } from './layout-cases.ts';

const MINUTE_MS = 60_000;
const A_MINUTE = 60;
const MEDIAN_SECONDS = 0.1;
const SPREAD = 0.8;

/** Which minutes belong to which side. */
export interface Timetable {
  readonly startMs: number;
  readonly beforeMinutes: number;
  readonly windowMinutes: number;
  readonly afterMinutes: number;
}

/** What one service did and said: the latencies that can be compared, and what reports them. */
export interface Told {
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** ResourceMetrics by minute. */
  readonly minutes: readonly Fields[][];
}

/** Latencies that `slower` multiplies with the upgrade; the window is the new version's already. */
export function tell(service: string, one: LayoutCase, slower: number, times: Timetable, random: SeededRandom): Told {
  const { beforeMinutes, windowMinutes, afterMinutes } = times;
  const [before, after]: [number[], number[]] = [[], []];
  const isCompared = (instance: number): boolean => one.compared?.includes(instance) ?? true;
  const processes = one.before.map((_, instance) => new Process(service, String(instance), one, times.startMs));
  const minutes: Fields[][] = [];
  for (let minute = 0; minute < beforeMinutes + windowMinutes + afterMinutes; minute++) {
    const isAfter = minute >= beforeMinutes;
    const told: Fields[] = [];
    processes.forEach((process, instance) => {
      const seconds = Array.from(
        { length: A_MINUTE },
        () => MEDIAN_SECONDS * Math.exp(SPREAD * random.normal()) * (isAfter ? slower : 1),
      );
      if (isCompared(instance) && !isAfter) before.push(...seconds);
      if (isCompared(instance) && minute >= beforeMinutes + windowMinutes) after.push(...seconds);
      const reporting = (isAfter ? one.after : one.before)[instance]!;
      told.push(process.report(reporting, isAfter, seconds, times.startMs + minute * MINUTE_MS));
    });
    minutes.push(told);
  }
  return { before, after, minutes };
}

class Process {
  readonly #service: string;
  readonly #instance: string;
  readonly #case: LayoutCase;
  #startMs: number;
  #hasUpgraded = false;
  #total: number[] = [];

  constructor(service: string, instance: string, one: LayoutCase, startMs: number) {
    this.#service = service;
    this.#instance = instance;
    this.#case = one;
    this.#startMs = startMs;
  }

  report(reporting: Reporting, isAfter: boolean, seconds: readonly number[], minuteMs: number): Fields {
    const isRestarted = isAfter && !this.#hasUpgraded && this.#case.isOneProcess !== true;
    if (isRestarted) {
      this.#startMs = minuteMs;
      this.#total = [];
    }
    this.#hasUpgraded ||= isAfter;
    const isDelta = reporting.temporality === 'delta';
    this.#total.push(...seconds);
    const values = (isDelta ? seconds : this.#total).map((value) => value * (reporting.perSecond ?? 1));
    const point = {
      attributes: keyValues({ 'http.request.method': 'GET', 'http.route': '/cart' }),
      startTimeUnixNano: nanoseconds(isDelta ? minuteMs : this.#startMs),
      timeUnixNano: nanoseconds(minuteMs + MINUTE_MS),
      count: values.length,
      sum: values.reduce((sum, value) => sum + value, 0),
      ...bucketsOf(reporting, values),
    };
    const histogram = { aggregationTemporality: isDelta ? 1 : 2, dataPoints: [point] };
    const metric = {
      name: 'http.server.request.duration',
      unit: reporting.unit ?? 's',
      [reporting.scale === undefined ? 'histogram' : 'exponentialHistogram']: histogram,
    };
    const version = isAfter && this.#case.isOneProcess !== true ? '2.0.0' : '1.0.0';
    const resource = {
      'service.name': this.#service,
      'service.instance.id': this.#instance,
      'service.version': version,
    };
    return {
      resource: { attributes: keyValues(resource) },
      scopeMetrics: [{ scope: { name: 'hostile' }, metrics: [metric] }],
    };
  }
}

function bucketsOf({ bounds = [], scale, zeroThreshold = 0 }: Reporting, values: readonly number[]): Fields {
  if (scale !== undefined) return exponentialBuckets(scale, zeroThreshold, values);
  const bucketCounts = new Array<number>(bounds.length + 1).fill(0);
  for (const value of values) {
    const index = bounds.findIndex((bound) => value <= bound);
    bucketCounts[index < 0 ? bounds.length : index]!++;
  }
  return { explicitBounds: [...bounds], bucketCounts };
}

/** Bucket `index` holds (base^index, base^(index + 1)], with base 2^(2^-scale). */
export function exponentialIndex(value: number, scale: number): number {
  return Math.ceil(Math.log2(value) * 2 ** scale) - 1;
}

function exponentialBuckets(scale: number, zeroThreshold: number, values: readonly number[]): Fields {
  const positive = values.filter((value) => value > zeroThreshold);
  const indexes = positive.map((value) => exponentialIndex(value, scale));
  const offset = indexes.reduce((least, index) => Math.min(least, index), Number.POSITIVE_INFINITY);
  const last = indexes.reduce((most, index) => Math.max(most, index), Number.NEGATIVE_INFINITY);
  const bucketCounts = new Array<number>(last - offset + 1).fill(0);
  for (const index of indexes) bucketCounts[index - offset]!++;
  return { scale, zeroThreshold, zeroCount: values.length - positive.length, positive: { offset, bucketCounts } };
}

import type { NamedIndicator } from '../../domain/upgrade.ts';
import { isEvaluationCounter } from '../conventions/evaluation-counter.ts';
import { METRIC_PROFILES, profileOf } from '../conventions/metric-profiles.ts';
import { spelled, stemsOf } from './spelling.ts';

export const TARGET_INFO = 'target_info';

/** A metric as the folding knows it. */
export interface Target {
  readonly metric: string;
  readonly unit: string;
}

export type Part = 'bucket' | 'sum' | 'count' | 'created';

/** What a series of a metric is to the folding. */
export interface SeriesUse {
  /** Under which names its numbers are read as they stand. */
  readonly numbers: readonly Target[];
  /** Under which names its native histograms are read. */
  readonly natives: readonly Target[];
  /** The distribution its numbers are a part of. */
  readonly distribution: { readonly base: string; readonly part: Part; readonly targets: readonly Target[] } | null;
}

const UNUSED: SeriesUse = { numbers: [], natives: [], distribution: null };
const PART = /^(.+)_(bucket|sum|count|created)$/;

/** Names of Prometheus as the names that conventions and indicators have for the same metric. */
export class MetricNames {
  readonly #named: ReadonlySet<string>;
  /** Names by their spelling. */
  readonly #indicators = new Map<string, string[]>();
  readonly #profiles = new Map<string, string[]>();
  readonly #uses = new Map<string, SeriesUse>();

  constructor(indicators: readonly NamedIndicator[]) {
    this.#named = new Set(indicators.flatMap(({ metric, denominator }) => [metric, denominator ?? metric]));
    for (const name of this.#named) addTo(this.#indicators, spelled(name), name);
    for (const { metric } of METRIC_PROFILES) addTo(this.#profiles, spelled(metric), metric);
  }

  /** Null: nothing reads the series. */
  useOf(metric: string): SeriesUse | null {
    const known = this.#uses.get(metric);
    const use = known ?? this.#find(metric);
    if (known === undefined) this.#uses.set(metric, use);
    const isUsed = use.numbers.length + use.natives.length > 0 || use.distribution !== null;
    return isUsed || metric === TARGET_INFO ? use : null;
  }

  #find(metric: string): SeriesUse {
    if (metric === TARGET_INFO) return UNUSED;
    const [, base = '', part = ''] = PART.exec(metric) ?? [];
    const targets = base === '' ? [] : this.#distributions(base);
    return {
      numbers: this.#numbers(metric),
      natives: this.#distributions(metric),
      distribution: targets.length === 0 ? null : { base, part: part as Part, targets },
    };
  }

  #numbers(metric: string): Target[] {
    const [whole] = stemsOf(metric);
    const verbatim = this.#named.has(metric) || isEvaluationCounter(metric);
    return distinct([
      ...(verbatim ? [{ metric, unit: whole?.unit ?? '' }] : []),
      ...this.#lookUp(this.#indicators, metric),
    ]);
  }

  #distributions(base: string): Target[] {
    const conventional = this.#lookUp(this.#profiles, base).map(({ metric, unit }) => ({
      metric,
      unit: unit === '' ? (profileOf(metric)?.unit ?? '') : unit,
    }));
    return distinct([...conventional, ...this.#lookUp(this.#indicators, base)]);
  }

  #lookUp(names: ReadonlyMap<string, readonly string[]>, metric: string): Target[] {
    return stemsOf(spelled(metric)).flatMap(({ name, unit }) =>
      (names.get(name) ?? []).map((target) => ({ metric: target, unit })),
    );
  }
}

function addTo(names: Map<string, string[]>, spelling: string, name: string): void {
  names.set(spelling, [...(names.get(spelling) ?? []), name]);
}

function distinct(targets: readonly Target[]): Target[] {
  return [...new Map(targets.map((target) => [target.metric, target])).values()];
}

import type { FlagEvaluationSeries } from '../../domain/cells.ts';
import type { Attributes, FlagEvaluation } from '../../domain/telemetry.ts';
import { compareTexts } from '../../domain/text-order.ts';
import { countedEvaluation, isEvaluationCounter } from '../conventions/evaluation-counter.ts';
import type { BlockRange } from './block-range.ts';
import { type Reporter, reporterOf } from './cell-key.ts';
import { textKey } from './identity.ts';
import type { StreamFold } from './stream-fold.ts';
import type { Stream } from './stream-table.ts';

type Place = Pick<FlagEvaluationSeries, 'service' | 'instance' | 'flag' | 'variant'>;
type Tally = Map<number, number>;

const NO_EXPOSURE: ReadonlySet<string> = new Set();

/** Evaluations told by log records, added up as they come: a record each would be more than the requests. */
export class EvaluationEvents {
  readonly #range: BlockRange;
  readonly #byResource = new Map<Attributes, Map<string, Map<string, Tally>>>();

  constructor(range: BlockRange) {
    this.#range = range;
  }

  add({ timeMs, resource, flag, variant }: FlagEvaluation): void {
    const block = this.#range.block(timeMs);
    if (block === null) return;
    const variants = entryOf(entryOf(this.#byResource, resource, newFlags), flag, newVariants);
    addTo(entryOf(variants, variant, newTally), block, 1);
  }

  /** Into `tallies`, but for the flags of processes that a counter already told of: they are the same evaluations. */
  addTo(tallies: EvaluationTallies): void {
    const counted = tallies.flags();
    for (const [resource, flags] of this.#byResource) {
      const reporter = reporterOf(resource, NO_EXPOSURE);
      for (const [flag, variants] of flags) {
        if (counted.has(flagKey(reporter, flag))) continue;
        for (const [variant, tally] of variants) {
          const place = placeOf(reporter, flag, variant);
          for (const [block, count] of tally) tallies.add(place, block, count);
        }
      }
    }
  }
}

/** Evaluations by place and block, in no order. */
export class EvaluationTallies {
  readonly #places = new Map<string, { readonly place: Place; readonly tally: Tally }>();

  /** What the streams of the counter add. */
  addCounters(streams: readonly Stream[], fold: StreamFold, range: BlockRange): void {
    for (const stream of [...streams].sort((a, b) => compareTexts(a.key, b.key))) {
      const { metric, kind, resource, attributes } = stream.identity;
      if (!isEvaluationCounter(metric) || kind !== 'sum' || stream.isEmpty) continue;
      const evaluation = countedEvaluation(attributes);
      if (evaluation === null) continue;
      const reporter = reporterOf(resource, NO_EXPOSURE);
      const place = placeOf(reporter, evaluation.flag, evaluation.variant);
      fold.fold(stream, `${reporter.service} ${metric}`, ({ atMs, count }) => {
        const block = range.block(atMs);
        if (block !== null && count > 0) this.add(place, block, count);
      });
    }
  }

  add(place: Place, block: number, count: number): void {
    const { service, instance, flag, variant } = place;
    const key = `${textKey(service)}${textKey(instance)}${textKey(flag)}${textKey(variant)}`;
    addTo(entryOf(this.#places, key, () => ({ place, tally: new Map() })).tally, block, count);
  }

  /** The flags of every process that has evaluations. */
  flags(): Set<string> {
    return new Set([...this.#places.values()].map(({ place }) => flagKey(place, place.flag)));
  }

  series(): FlagEvaluationSeries[] {
    return [...this.#places.values()].map(asSeries).sort(compareEvaluations);
  }
}

function asSeries({ place, tally }: { readonly place: Place; readonly tally: Tally }): FlagEvaluationSeries {
  const rows = [...tally].sort(([a], [b]) => a - b);
  return {
    ...place,
    block: Int32Array.from(rows, ([block]) => block),
    count: Float64Array.from(rows, ([, count]) => count),
  };
}

function placeOf({ service, instance }: Reporter, flag: string, variant: string): Place {
  return { service, instance, flag, variant };
}

function flagKey({ service, instance }: Pick<Place, 'service' | 'instance'>, flag: string): string {
  return `${textKey(service)}${textKey(instance)}${textKey(flag)}`;
}

function compareEvaluations(a: FlagEvaluationSeries, b: FlagEvaluationSeries): number {
  return (
    compareTexts(a.service, b.service) ||
    compareTexts(a.instance, b.instance) ||
    compareTexts(a.flag, b.flag) ||
    compareTexts(a.variant, b.variant)
  );
}

function addTo(tally: Tally, block: number, count: number): void {
  tally.set(block, (tally.get(block) ?? 0) + count);
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

const newFlags = () => new Map<string, Map<string, Tally>>();
const newVariants = () => new Map<string, Tally>();
const newTally = (): Tally => new Map();

import type { Attributes, StreamIdentity } from '../../domain/telemetry.ts';
import { attributesKey, textKey } from '../folding/identity.ts';
import type { Stream } from '../folding/stream-table.ts';
import type { Part, SeriesUse, Target } from './metric-names.ts';

const BOUND = 'le';
const INFINITY = /^\+?inf$/i;

/** The series of one classic histogram, or of a distribution without buckets. */
export interface HistogramGroup {
  /** Of any of its series, without `le`. */
  readonly identity: StreamIdentity;
  readonly attributes: Attributes;
  readonly base: string;
  readonly targets: readonly Target[];
  readonly isDelta: boolean;
  /** By upper bound. Several series of one are that bound in several spellings, or under changing metadata. */
  readonly buckets: Map<number, Stream[]>;
  readonly parts: { readonly [part in Exclude<Part, 'bucket'>]: Stream[] };
}

/** Gathers the series of classic histograms: one group for equal labels but `le`, whose values are compared as numbers. */
export class HistogramGroups {
  readonly groups = new Map<string, HistogramGroup>();

  /** Answers false where the series has a bound that is no number. */
  add(stream: Stream, { base, part, targets }: NonNullable<SeriesUse['distribution']>): boolean {
    const { identity } = stream;
    const label = identity.attributes.get(BOUND);
    const bound = part === 'bucket' ? boundOf(label) : Number.NaN;
    if (part === 'bucket' && Number.isNaN(bound)) return false;
    const attributes = part === 'bucket' ? without(identity.attributes, BOUND) : identity.attributes;
    const isDelta = identity.temporality === 'delta';
    const group = this.#groupOf(groupKey(identity.resource, base, attributes, isDelta), () => ({
      identity,
      attributes,
      base,
      targets,
      isDelta,
      buckets: new Map(),
      parts: { sum: [], count: [], created: [] },
    }));
    if (part === 'bucket') group.buckets.set(bound, [...(group.buckets.get(bound) ?? []), stream]);
    else group.parts[part].push(stream);
    return true;
  }

  #groupOf(key: string, make: () => HistogramGroup): HistogramGroup {
    const known = this.groups.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.groups.set(key, made);
    return made;
  }
}

/** Equal for the series of one distribution. */
export function groupKey(resource: Attributes, base: string, attributes: Attributes, isDelta: boolean): string {
  return `${attributesKey(resource)}/${textKey(base)}${attributesKey(attributes)}/${isDelta}`;
}

function boundOf(label: string | undefined): number {
  if (label === undefined || label.trim() === '') return Number.NaN;
  return INFINITY.test(label) ? Number.POSITIVE_INFINITY : Number(label);
}

function without(attributes: Attributes, name: string): Attributes {
  return new Map([...attributes].filter(([other]) => other !== name));
}

import type { Attributes } from '../../../domain/telemetry.ts';
import type { TelemetryLimits } from '../limits.ts';
import { brokenNameLimit, longValue, withCutValues } from './attribute-limits.ts';

/** What becomes of a set of attributes. */
export interface LimitedAttributes {
  /** As they are stored. */
  readonly attributes: Attributes;
  /** Which value was too long and is stored cut, in words; null where none was. */
  readonly cut: string | null;
  /** Why they cannot be stored, in words; null where they can. */
  readonly refused: string | null;
}

/**
 * Holds the attributes of spans to their limits. Decoders hand out one object for what comes again, so each is looked at
 * once, and what is cut of it is one object as well.
 */
export class SpanAttributes {
  readonly #limits: TelemetryLimits;
  readonly #known = new WeakMap<Attributes, LimitedAttributes>();

  constructor(limits: TelemetryLimits) {
    this.#limits = { ...limits, attributes: limits.spanAttributes };
  }

  limited(attributes: Attributes): LimitedAttributes {
    const known = this.#known.get(attributes);
    if (known !== undefined) return known;
    const limited = this.#limit(attributes);
    this.#known.set(attributes, limited);
    return limited;
  }

  #limit(attributes: Attributes): LimitedAttributes {
    const refused = brokenNameLimit(attributes, this.#limits);
    if (refused !== null) return { attributes, cut: null, refused };
    const cut = longValue(attributes, this.#limits);
    return { attributes: cut === null ? attributes : withCutValues(attributes, this.#limits), cut, refused: null };
  }
}

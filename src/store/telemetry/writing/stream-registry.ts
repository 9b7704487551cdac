import { clipped } from '../../../domain/document-problem.ts';
import type { QualityCode } from '../../../domain/quality.ts';
import { type Attributes, hasSameHead, REFUSED_STREAM, type StreamIdentity } from '../../../domain/telemetry.ts';
import type { TelemetryLimits } from '../limits.ts';
import { brokenLimit, longName, longText } from './attribute-limits.ts';
import { DistinctValues } from './distinct-values.ts';
import { type Hash64, hashOf, hashText, lengthPrefixed, orderedKey, sortedKey } from './identity-hash.ts';
import type { Layout } from './layout-book.ts';
import type { RowBuffer } from './row-buffer.ts';
import { FOLD } from './tables.ts';

/** What the points of a stream are written with. */
export interface StreamEntry {
  readonly head: Hash64;
  readonly stream: Hash64;
  readonly fold: number;
  readonly metric: string;
  /** Shared by all streams of a head. */
  readonly resource: Attributes;
  /** The layout of the latest point. */
  layout: Layout | undefined;
  /** When a point came last, by our clock. */
  usedMs: number;
}

/** Why points of a stream are refused. */
export interface Refusal {
  readonly code: QualityCode;
  readonly where: string;
  readonly detail: string;
}

/** Everything of identities but the attributes of their points. */
interface Head {
  readonly identity: StreamIdentity;
  readonly key: string;
  readonly hash: Hash64;
  /** By attributes in their order, and as they were first given. */
  readonly numbers: Map<string, number>;
  streams: number;
}

interface KnownResource {
  /** The limit that it breaks, in words; null where it keeps within all. */
  readonly broken: string | null;
  /** Equal for equal ones; of one that breaks a limit none is made. */
  readonly key: string;
}

/** A sender that gives the same attributes in ever new orders is understood each time, and not remembered for it. */
const MOST_SPELLINGS = 2;

/** What identities may take on average, in characters: some hundred are usual, and the limits of each allow 260,000. */
const CHARACTERS_A_SERIES = 1_000;
const FEWEST_CHARACTERS = 1_000_000;

/** Refused streams share a few numbers: a sender may not make us remember what it must not send. */
const MOST_REFUSALS = 1_000;

/** The streams of one tenant by identity, each written to the store once; those beyond a limit are refused. */
export class StreamRegistry {
  readonly entries: StreamEntry[] = [];
  readonly #tenant: string;
  readonly #limits: TelemetryLimits;
  readonly #rows: RowBuffer;
  readonly #heads = new Map<string, Head>();
  readonly #resources = new WeakMap<Attributes, KnownResource>();
  readonly #values = new DistinctValues();
  readonly #refusals: Refusal[] = [];
  /** Streams of the registry before this one that have not come again yet: they have a place. */
  readonly #expected: Set<string>;
  #latest: Head | null = null;
  #hasReachedLimit = false;
  /** Of the identities that are remembered. */
  #characters = 0;

  constructor(tenant: string, limits: TelemetryLimits, rows: RowBuffer, expected: ReadonlySet<string>) {
    this.#tenant = tenant;
    this.#limits = limits;
    this.#rows = rows;
    this.#expected = new Set(expected);
  }

  get hasReachedLimit(): boolean {
    return this.#hasReachedLimit;
  }

  /** The streams in use since then, as `expected` knows them. */
  namesSince(ms: number): Set<string> {
    return new Set(this.entries.filter(({ usedMs }) => usedMs >= ms).map(({ stream }) => hashText(stream)));
  }

  refusal(number: number): Refusal | undefined {
    return this.#refusals[REFUSED_STREAM - number];
  }

  open(identity: StreamIdentity): number {
    if (this.#latest === null || !hasSameHead(this.#latest.identity, identity)) {
      const broken = this.#brokenHeadLimit(identity);
      if (broken !== null) return this.#refuseLabels(identity, broken);
      this.#latest = this.#headOf(identity);
    }
    const head = this.#latest;
    const asGiven = orderedKey(identity.attributes);
    const known = head.numbers.get(asGiven);
    if (known !== undefined) return known;
    const sorted = sortedKey(identity.attributes);
    const number = head.numbers.get(sorted) ?? this.#admit(identity, head, sorted);
    if (number >= 0) {
      head.numbers.set(sorted, number);
      if (asGiven !== sorted && head.numbers.size < MOST_SPELLINGS * head.streams) {
        head.numbers.set(asGiven, number);
        this.#characters += asGiven.length;
      }
    }
    return number;
  }

  #admit(identity: StreamIdentity, head: Head, attributes: string): number {
    const broken = brokenLimit(identity.attributes, this.#limits);
    if (broken !== null) return this.#refuseLabels(identity, broken);
    const stream = hashOf(`${head.key}/${attributes}`);
    const name = hashText(stream);
    const isExpected = this.#expected.delete(name);
    const characters = attributes.length + (head.streams === 0 ? head.key.length : 0);
    const limit = isExpected ? null : this.#reachedLimit(characters);
    if (limit !== null) {
      this.#hasReachedLimit = true;
      const detail = `${limit}; ${this.#values.describe()}`;
      return this.#refuse({ code: 'series-limit', where: identity.metric, detail });
    }
    this.#characters += characters;
    this.#values.add(identity.attributes);
    this.#values.add(identity.resource);
    const { metric, resource } = head.identity;
    const entry = { head: head.hash, stream, fold: foldOf(identity), metric, resource, layout: undefined, usedMs: 0 };
    this.#write(identity, entry);
    this.#heads.set(head.key, head);
    head.streams++;
    return this.entries.push(entry) - 1;
  }

  #reachedLimit(characters: number): string | null {
    const { activeSeries } = this.#limits;
    if (this.entries.length + this.#expected.size >= activeSeries) return `the limit is ${activeSeries} series`;
    const most = Math.max(FEWEST_CHARACTERS, activeSeries * CHARACTERS_A_SERIES);
    if (this.#characters + characters <= most) return null;
    return `names and values of ${this.entries.length} series take more than ${most} characters`;
  }

  /** Asked before anything is made of a head: a process may send one text that is too long with a million metrics. */
  #brokenHeadLimit({ metric, unit, scope, resource }: StreamIdentity): string | null {
    const { nameLength, valueBytes } = this.#limits;
    if (metric.length > nameLength) return longName(metric, this.#limits);
    if (unit.length > nameLength) return longText('unit', unit, nameLength);
    if (scope.length > valueBytes) return longText('scope', scope, valueBytes);
    return this.#resource(resource).broken;
  }

  #refuseLabels({ metric }: StreamIdentity, detail: string): number {
    return this.#refuse({ code: 'label-limit', where: clipped(metric), detail });
  }

  #refuse(refusal: Refusal): number {
    const same = this.#refusals.findIndex(({ code, where }) => code === refusal.code && where === refusal.where);
    if (same >= 0) return REFUSED_STREAM - same;
    if (this.#refusals.length < MOST_REFUSALS) return REFUSED_STREAM - (this.#refusals.push(refusal) - 1);
    const alike = this.#refusals.findLastIndex(({ code }) => code === refusal.code);
    return REFUSED_STREAM - Math.max(0, alike);
  }

  #headOf(identity: StreamIdentity): Head {
    const { metric, unit, scope, kind, temporality, monotonic } = identity;
    const process = `${this.#resource(identity.resource).key}/${lengthPrefixed(metric)}${lengthPrefixed(scope)}`;
    const key = `${process}${lengthPrefixed(unit)}${kind}/${temporality}/${monotonic}`;
    const known = this.#heads.get(key);
    if (known !== undefined) return known;
    return { identity, key, hash: hashOf(process), numbers: new Map<string, number>(), streams: 0 };
  }

  #resource(resource: Attributes): KnownResource {
    const known = this.#resources.get(resource);
    if (known !== undefined) return known;
    const broken = brokenLimit(resource, this.#limits);
    const made = { broken, key: broken === null ? sortedKey(resource) : '' };
    this.#resources.set(resource, made);
    return made;
  }

  #write(identity: StreamIdentity, { head, stream }: StreamEntry): void {
    const rows = this.#rows;
    rows.putText(this.#tenant);
    rows.reserve(16);
    rows.putHalves(head.low, head.high);
    rows.putHalves(stream.low, stream.high);
    const { metric, unit, scope, kind, temporality, monotonic } = identity;
    for (const text of [metric, unit, scope, kind, temporality]) rows.putText(text);
    rows.reserve(1);
    rows.putByte(Number(monotonic));
    rows.putMap(identity.resource);
    rows.putMap(identity.attributes);
    rows.rows++;
  }
}

/** Gauges and sums that may fall are samples; a summary counts from its start whatever it says. */
function foldOf({ kind, temporality, monotonic }: StreamIdentity): number {
  if (kind === 'summary') return FOLD.cumulative;
  if (kind === 'gauge' || temporality === 'instant') return FOLD.sample;
  if (kind === 'sum' && !monotonic && temporality !== 'delta') return FOLD.sample;
  return temporality === 'delta' ? FOLD.delta : FOLD.cumulative;
}

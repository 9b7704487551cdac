import type { CellRun } from '../../domain/cell-run.ts';
import { type Attributes, hasSameHead, type StreamIdentity } from '../../domain/telemetry.ts';
import { attributesKey, orderedAttributesKey, textKey } from './identity.ts';
import { NO_LAYOUT } from './layout-table.ts';
import { StreamPoints } from './stream-points.ts';

/** The number of every stream that neither a profile nor an indicator reads. */
export const UNREAD_STREAM = -1;

/** A run and the number of its bucket layout. */
export interface StreamRun {
  readonly run: CellRun;
  readonly layout: number;
}

/** A stream and its points, or the runs they were added up to before. */
export class Stream {
  readonly identity: StreamIdentity;
  /** Equal for equal identities: the order in which streams are folded. */
  readonly key: string;
  readonly points = new StreamPoints();
  /** In order of block; empty where there are points. */
  runs: StreamRun[] = [];
  firstMs = Number.POSITIVE_INFINITY;
  lastMs = Number.NEGATIVE_INFINITY;
  hasBuckets = false;
  /** The layout of the latest point that came. */
  layout = NO_LAYOUT;
  readonly #firstExport: FirstExports;
  #epochStartMs = Number.NaN;
  #epochFirstMs = Number.POSITIVE_INFINITY;

  constructor(identity: StreamIdentity, key: string, firstExport: FirstExports) {
    this.identity = identity;
    this.key = key;
    this.#firstExport = firstExport;
  }

  get isEmpty(): boolean {
    return this.points.rows === 0 && this.runs.length === 0;
  }

  /** Whether a run may be kept beside those that are: no block of it comes before theirs. */
  continuesWith({ block, blockMs }: CellRun): boolean {
    if (this.points.rows > 0 || this.identity.temporality !== 'delta' || block.length === 0) return false;
    const latest = this.runs.at(-1)?.run;
    return latest === undefined || latest.block.at(-1)! * latest.blockMs <= block[0]! * blockMs;
  }

  release(): void {
    this.points.release();
    this.runs = [];
  }

  noteTime(startMs: number, timeMs: number): void {
    const beginMs = this.identity.temporality === 'delta' && startMs < timeMs ? startMs : timeMs;
    if (beginMs < this.firstMs) this.firstMs = beginMs;
    if (timeMs > this.lastMs) this.lastMs = timeMs;
    if (this.identity.temporality !== 'cumulative' || Number.isNaN(startMs)) return;
    if (startMs === this.#epochStartMs && timeMs >= this.#epochFirstMs) return;
    this.#epochStartMs = startMs;
    this.#epochFirstMs = timeMs;
    this.#firstExport.note(startMs, timeMs);
  }

  firstExportMs(startMs: number): number {
    return this.#firstExport.at(startMs);
  }
}

/** When a process first exported a metric, by its start time: shared by the streams of one metric and resource. */
class FirstExports {
  readonly #firstMs = new Map<number, number>();

  note(startMs: number, timeMs: number): void {
    const known = this.#firstMs.get(startMs);
    if (known === undefined || timeMs < known) this.#firstMs.set(startMs, timeMs);
  }

  at(startMs: number): number {
    return this.#firstMs.get(startMs) ?? Number.NaN;
  }
}

/** The streams of one metric of one resource: everything of their identity but the attributes of the points. */
interface StreamHead {
  readonly identity: StreamIdentity;
  readonly key: string;
  readonly firstExports: FirstExports;
  readonly numbers: Map<string, number>;
}

/** Streams by identity. Attribute maps must not change after they were handed in: resources are known by reference. */
export class StreamTable {
  readonly streams: Stream[] = [];
  readonly #isRead: (metric: string) => boolean;
  readonly #heads = new Map<string, StreamHead>();
  readonly #resourceKeys = new WeakMap<Attributes, string>();
  readonly #exports = new Map<string, FirstExports>();
  #latest: StreamHead | null = null;

  constructor(isRead: (metric: string) => boolean) {
    this.#isRead = isRead;
  }

  open(identity: StreamIdentity): number {
    if (this.#latest === null || !hasSameHead(this.#latest.identity, identity)) {
      if (!this.#isRead(identity.metric)) return UNREAD_STREAM;
      this.#latest = this.#headOf(identity);
    }
    const head = this.#latest;
    const asGiven = orderedAttributesKey(identity.attributes);
    const known = head.numbers.get(asGiven);
    if (known !== undefined) return known;
    const sorted = attributesKey(identity.attributes);
    const number = head.numbers.get(sorted) ?? this.#add(identity, head, sorted);
    head.numbers.set(sorted, number);
    head.numbers.set(asGiven, number);
    return number;
  }

  #add(identity: StreamIdentity, head: StreamHead, attributes: string): number {
    return this.streams.push(new Stream(identity, `${head.key}/${attributes}`, head.firstExports)) - 1;
  }

  #headOf(identity: StreamIdentity): StreamHead {
    const { metric, unit, scope, kind, temporality, monotonic } = identity;
    const process = `${this.#resourceKey(identity.resource)}/${textKey(metric)}${textKey(scope)}`;
    const key = `${process}${textKey(unit)}${kind}/${temporality}/${monotonic}`;
    const known = this.#heads.get(key);
    if (known !== undefined) return known;
    const firstExports = this.#exports.get(process) ?? new FirstExports();
    this.#exports.set(process, firstExports);
    const head: StreamHead = { identity, key, firstExports, numbers: new Map() };
    this.#heads.set(key, head);
    return head;
  }

  #resourceKey(resource: Attributes): string {
    const known = this.#resourceKeys.get(resource);
    if (known !== undefined) return known;
    const key = attributesKey(resource);
    this.#resourceKeys.set(resource, key);
    return key;
  }
}

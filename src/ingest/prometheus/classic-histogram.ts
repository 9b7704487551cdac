import { NO_COLUMN, type PartColumn } from './part-column.ts';

/** The series that make up one classic histogram. */
export interface HistogramParts {
  /** Finite upper bounds, increasing, and the series of each. */
  readonly bounds: Float64Array;
  readonly buckets: readonly PartColumn[];
  /** `le="+Inf"`: the same as the count. */
  readonly infinite: PartColumn;
  readonly count: PartColumn;
  readonly sum: PartColumn;
  /** When it began, in seconds since the epoch. */
  readonly created: PartColumn;
  /** Whether the values of the series are what was added since the point before, and not since the beginning. */
  readonly isDelta: boolean;
}

/** One point of the histogram. The arrays are used again for the next one. */
export interface AssembledPoint {
  startMs: number;
  timeMs: number;
  count: number;
  sum: number;
  bounds: Float64Array;
  buckets: Float64Array;
}

/** A point that lacks buckets is left out where they come back within so many points: the next one holds what it counted. */
const FEW_POINTS = 3;

/**
 * Puts the series of a classic histogram together, instant by instant: a point is what has one time in all of them. Bounds
 * that a point lacks for good are a change of the histogram's bounds; those that it lacks for a moment are a gap.
 * `onBroken` hears of points whose buckets do not rise with their bounds.
 */
export function assembleClassic(
  parts: HistogramParts,
  visit: (point: Readonly<AssembledPoint>) => void,
  onBroken: (timeMs: number) => void,
): void {
  const times = timesOf(parts.infinite.timeMs.length > 0 ? parts.infinite : NO_COLUMN, parts.count);
  const assembly = parts.isDelta ? new DeltaAssembly(parts) : new CumulativeAssembly(parts);
  for (let i = 0; i < times.length; i++) {
    const soonMs = times[Math.min(i + FEW_POINTS, times.length - 1)]!;
    const outcome = assembly.at(times[i]!, soonMs);
    if (outcome === 'broken') onBroken(times[i]!);
    else if (outcome === 'whole') visit(assembly.point);
  }
}

type Outcome = 'whole' | 'incomplete' | 'broken';

/** What both kinds of assembly share: the state of all series at one instant. */
abstract class Assembly {
  readonly point: AssembledPoint;
  protected readonly parts: HistogramParts;
  /** Counts up to each bound; NaN where the point lacks it. */
  protected readonly levels: Float64Array;
  readonly #buckets: Float64Array;
  readonly #kept: Float64Array;

  constructor(parts: HistogramParts) {
    this.parts = parts;
    this.levels = new Float64Array(parts.bounds.length);
    this.#buckets = new Float64Array(parts.bounds.length + 1);
    this.#kept = new Float64Array(parts.bounds.length);
    const nothing = new Float64Array(0);
    this.point = { startMs: 0, timeMs: 0, count: 0, sum: 0, bounds: nothing, buckets: nothing };
  }

  abstract at(timeMs: number, soonMs: number): Outcome;

  /** Reads the series at an instant into `levels` and the point; NaN where one has nothing to say. */
  protected readLevels(timeMs: number): void {
    const { buckets, infinite, count, sum, created } = this.parts;
    const { point, levels } = this;
    for (let i = 0; i < buckets.length; i++) levels[i] = valueAt(buckets[i]!, timeMs);
    const whole = infinite.rowAt(timeMs);
    const counted = count.rowAt(timeMs);
    point.timeMs = timeMs;
    point.count = whole >= 0 ? infinite.values[whole]! : count.values[counted]!;
    point.startMs = whole >= 0 ? infinite.startMs[whole]! : count.startMs[counted]!;
    if (Number.isNaN(point.startMs)) point.startMs = 1e3 * valueAt(created, timeMs);
    point.sum = valueAt(sum, timeMs);
  }

  /** Buckets of the bounds whose level is a number; answers whether all levels rise with their bounds, up to the count. */
  protected layBuckets(): boolean {
    const { levels, point, parts } = this;
    let kept = 0;
    let below = 0;
    let isRising = true;
    for (let i = 0; i < levels.length; i++) {
      const level = levels[i]!;
      if (Number.isNaN(level)) continue;
      if (level < below) isRising = false;
      this.#kept[kept] = parts.bounds[i]!;
      this.#buckets[kept] = level - below;
      below = level;
      kept++;
    }
    this.#buckets[kept] = point.count - below;
    point.bounds = this.#kept.subarray(0, kept);
    point.buckets = kept === 0 ? this.#kept.subarray(0, 0) : this.#buckets.subarray(0, kept + 1);
    return isRising && point.count >= below;
  }
}

/** Every point stands for itself, so one that cannot be used costs nothing: the next one counts on. */
class CumulativeAssembly extends Assembly {
  #bounds = -1;
  readonly #signatures = new Map<string, number>();

  at(timeMs: number, soonMs: number): Outcome {
    this.readLevels(timeMs);
    const bounds = this.#signature();
    if (bounds !== this.#bounds && this.#comesBack(timeMs, soonMs)) return 'incomplete';
    if (!this.layBuckets()) return 'broken';
    this.#bounds = bounds;
    return 'whole';
  }

  /** Whether a bucket that the point lacks is there again soon. */
  #comesBack(timeMs: number, soonMs: number): boolean {
    return this.parts.buckets.some((column, i) => Number.isNaN(this.levels[i]!) && column.comesBy(timeMs, soonMs));
  }

  /** The same number for the same bounds. */
  #signature(): number {
    const text = this.levels.map((level) => Number(Number.isNaN(level))).join('');
    const known = this.#signatures.get(text);
    if (known !== undefined) return known;
    this.#signatures.set(text, this.#signatures.size);
    return this.#signatures.size - 1;
  }
}

/**
 * What was added up to a bound is never more than what was added up to the next one. Where it is, a series missed a point
 * and makes up for it in the next: what was added waits for that, so that no observation changes its bucket.
 */
class DeltaAssembly extends Assembly {
  readonly #waiting: Float64Array;
  #waitingCount = 0;
  #waitingSum = 0;
  #waitingFromMs = Number.NaN;
  #waited = 0;

  constructor(parts: HistogramParts) {
    super(parts);
    this.#waiting = new Float64Array(parts.bounds.length);
  }

  at(timeMs: number, soonMs: number): Outcome {
    this.readLevels(timeMs);
    this.#addUp();
    if (this.#waited < FEW_POINTS && this.#catchesUp(timeMs, soonMs)) {
      this.#waited++;
      return 'incomplete';
    }
    this.#takeWaiting();
    this.#dropFalling();
    this.layBuckets();
    return 'whole';
  }

  #addUp(): void {
    const { levels, point } = this;
    for (let i = 0; i < levels.length; i++) if (!Number.isNaN(levels[i]!)) this.#waiting[i]! += levels[i]!;
    this.#waitingCount += point.count;
    this.#waitingSum += point.sum;
    if (!(this.#waitingFromMs <= point.startMs)) this.#waitingFromMs = point.startMs;
  }

  /** Whether a bucket that holds less than one below it has a point to come. */
  #catchesUp(timeMs: number, soonMs: number): boolean {
    let below = 0;
    for (let i = 0; i < this.#waiting.length; i++) {
      const level = this.#waiting[i]!;
      if (level < below && this.parts.buckets[i]!.comesBy(timeMs, soonMs)) return true;
      below = Math.max(below, level);
    }
    return false;
  }

  /** A bucket that said nothing at this instant and holds less than one below it is gone. */
  #takeWaiting(): void {
    const { levels, point } = this;
    let below = 0;
    for (let i = 0; i < levels.length; i++) {
      const level = this.#waiting[i]!;
      const isGone = Number.isNaN(levels[i]!) && level < below;
      levels[i] = isGone ? Number.NaN : level;
      below = Math.max(below, level);
    }
    point.count = this.#waitingCount;
    point.sum = this.#waitingSum;
    point.startMs = this.#waitingFromMs;
    this.#waiting.fill(0);
    this.#waitingCount = 0;
    this.#waitingSum = 0;
    this.#waitingFromMs = Number.NaN;
    this.#waited = 0;
  }

  /** Bounds that count more than a bound above them, since one of both missed a point: the coarser histogram is right. */
  #dropFalling(): void {
    const { levels, point } = this;
    let above = point.count;
    for (let i = levels.length - 1; i >= 0; i--) {
      if (levels[i]! > above) levels[i] = Number.NaN;
      else if (!Number.isNaN(levels[i]!)) above = levels[i]!;
    }
  }
}

function valueAt(column: PartColumn, timeMs: number): number {
  const row = column.rowAt(timeMs);
  return row < 0 ? Number.NaN : column.values[row]!;
}

/** All instants of two columns, in order. */
function timesOf(one: PartColumn, other: PartColumn): Float64Array {
  return Float64Array.from(new Set([...one.timeMs, ...other.timeMs])).sort();
}

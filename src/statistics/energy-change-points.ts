import { type LevelSummary, levelTestP, mergedSummary, relativeChange, summarise } from './level-summary.ts';

export interface EnergySplit {
  /** First point of the right part. */
  readonly split: number;
  /** End (exclusive) of the right part at which the statistic is largest. */
  readonly end: number;
  readonly statistic: number;
}

export interface ChangePoint {
  /** First point of the new level. */
  readonly index: number;
  /** Mean levels between the neighbouring change points. */
  readonly before: number;
  readonly after: number;
  /** Of Student's test between the two levels; optimistic, since the split was chosen to differ. */
  readonly p: number;
}

export interface EnergySettings {
  /** Points looked at together; later windows start half a window, or at the last change found, further on. */
  readonly window: number;
  readonly maxP: number;
  /** Smallest relative change |after/before − 1| (the larger of both directions) that counts. */
  readonly minMagnitude: number;
  /** Fewest points of a level. */
  readonly minSize: number;
  /** p-value of "the same level on both sides"; Student's test by default. */
  readonly levelTest: (left: LevelSummary, right: LevelSummary) => number;
  /** A split is first tested against all of the window that follows, or only against the part it was found to differ from. */
  readonly rightPart: 'window' | 'found';
}

/** Settings of Apache Otava, for independent points. */
export const OTAVA_SETTINGS: EnergySettings = {
  window: 50,
  maxP: 0.001,
  minMagnitude: 0,
  minSize: 1,
  levelTest: levelTestP,
  rightPart: 'window',
};

const pairs = (n: number): number => (n * (n - 1)) / 2;

/**
 * The split with the largest energy distance between the parts [0, split) and [split, end) (Matteson & James 2014,
 * E-divisive with exponent 1), over all splits and ends. Null below two parts of `minSize`. Time and memory are n².
 */
export function largestEnergySplit(values: ArrayLike<number>, minSize = 1): EnergySplit | null {
  const n = values.length;
  // Row i, column j: sum of |values[i] − values[l]| over l < j.
  const width = n + 1;
  const upTo = new Float64Array(n * width);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) upTo[i * width + j + 1] = upTo[i * width + j]! + Math.abs(values[i]! - values[j]!);
  }
  let best: EnergySplit | null = null;
  let withinLeft = 0;
  for (let split = 1; split <= n - minSize; split++) {
    withinLeft += upTo[(split - 1) * width + split - 1]!;
    if (split < minSize) continue;
    const meanLeft = split > 1 ? withinLeft / pairs(split) : 0;
    let between = 0;
    let withinRight = 0;
    for (let end = split + 1; end <= n; end++) {
      const row = (end - 1) * width;
      between += upTo[row + split]!;
      withinRight += upTo[row + end - 1]! - upTo[row + split]!;
      const right = end - split;
      if (right < minSize) continue;
      const meanRight = right > 1 ? withinRight / pairs(right) : 0;
      const statistic = ((split * right) / end) * ((2 * between) / (split * right) - meanLeft - meanRight);
      if (best === null || statistic > best.statistic) best = { split, end, statistic };
    }
  }
  return best;
}

interface Candidate {
  readonly from: number;
  readonly to: number;
  readonly index: number;
  /** End (exclusive) of what the index was found against. */
  readonly end: number;
  readonly statistic: number;
}

function candidateIn(values: Float64Array, from: number, to: number, minSize: number): Candidate[] {
  const found = largestEnergySplit(values.subarray(from, to), minSize);
  return found === null
    ? []
    : [{ from, to, index: from + found.split, end: from + found.end, statistic: found.statistic }];
}

/** Splits [from, to) at its strongest candidate again and again, until the strongest left is no longer significant. */
function divide(values: Float64Array, from: number, to: number, maxP: number, settings: EnergySettings): number[] {
  const found: number[] = [];
  let candidates = candidateIn(values, from, to, settings.minSize);
  while (candidates.length > 0) {
    const strongest = candidates.reduce((best, next) => (next.statistic > best.statistic ? next : best));
    const left = summarise(values, strongest.from, strongest.index);
    const right = summarise(values, strongest.index, settings.rightPart === 'found' ? strongest.end : strongest.to);
    if (!(settings.levelTest(left, right) <= maxP)) break;
    found.push(strongest.index);
    candidates = [
      ...candidates.filter((candidate) => candidate !== strongest),
      ...candidateIn(values, strongest.from, strongest.index, settings.minSize),
      ...candidateIn(values, strongest.index, strongest.to, settings.minSize),
    ].sort((a, b) => a.from - b.from);
  }
  return found.sort((a, b) => a - b);
}

/** A first pass at a level this much weaker keeps what only the whole series can confirm. */
function weakLevel(maxP: number): number {
  if (maxP < 0.05) return 10 * maxP;
  return maxP < 0.5 ? 2 * maxP : maxP;
}

/** Candidates of all windows in order, before the whole series has judged them. */
export function weakChangePoints(series: ArrayLike<number>, settings: EnergySettings): number[] {
  const values = Float64Array.from(series);
  const found = new Set<number>();
  const step = Math.floor(settings.window / 2);
  let start = 0;
  while (start < values.length) {
    const end = Math.min(start + settings.window, values.length);
    const inWindow = divide(values, start, end, weakLevel(settings.maxP), settings);
    for (const index of inWindow) found.add(index);
    start = Math.max(inWindow.at(-1) ?? 0, start + step);
  }
  return [...found].sort((a, b) => a - b);
}

interface Boundary {
  readonly index: number;
  readonly p: number;
  readonly magnitude: number;
}

function boundaryAt(i: number, index: number, levels: readonly LevelSummary[], settings: EnergySettings): Boundary {
  const left = levels[i]!;
  const right = levels[i + 1]!;
  return { index, p: settings.levelTest(left, right), magnitude: relativeChange(left, right) };
}

/** The boundary to give up next: the least certain while one is not certain enough, then the smallest; or none. */
function weakestBoundary(boundaries: readonly Boundary[], settings: EnergySettings): number {
  let weakest = -1;
  let smallest = -1;
  boundaries.forEach(({ p, magnitude }, i) => {
    if (weakest < 0 || p > boundaries[weakest]!.p) weakest = i;
    if (smallest < 0 || magnitude < boundaries[smallest]!.magnitude) smallest = i;
  });
  if (weakest < 0 || boundaries[weakest]!.p >= settings.maxP) return weakest;
  return boundaries[smallest]!.magnitude <= settings.minMagnitude ? smallest : -1;
}

/**
 * Change points of a series by E-divisive in windows, then merged bottom-up (Fleming et al. 2023, "Hunter", as in Apache
 * Otava): windows are split while Student's test is below a weak level, then the weakest change is given up until all
 * left are below `maxP` and above `minMagnitude`. Deterministic; memory is window², time about n × window.
 */
export function energyChangePoints(series: ArrayLike<number>, options: Partial<EnergySettings> = {}): ChangePoint[] {
  const settings = { ...OTAVA_SETTINGS, ...options };
  const values = Float64Array.from(series);
  const indexes = weakChangePoints(values, settings);
  const edges = [0, ...indexes, values.length];
  const levels = edges.slice(1).map((edge, i) => summarise(values, edges[i]!, edge));
  const boundaries = indexes.map((index, i) => boundaryAt(i, index, levels, settings));
  for (let i = weakestBoundary(boundaries, settings); i >= 0; i = weakestBoundary(boundaries, settings)) {
    levels.splice(i, 2, mergedSummary(levels[i]!, levels[i + 1]!));
    boundaries.splice(i, 1);
    for (const j of [i - 1, i]) {
      const boundary = boundaries[j];
      if (boundary === undefined) continue;
      boundaries[j] = boundaryAt(j, boundary.index, levels, settings);
    }
  }
  return boundaries.map(({ index, p }, i) => ({ index, before: levels[i]!.mean, after: levels[i + 1]!.mean, p }));
}

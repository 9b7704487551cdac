import { weightedMean } from './descriptive.ts';

/** Weighted sums of a series up to every point, so that the squares around a fit of any stretch take no loop. */
export class PartialSums {
  readonly #weight: Float64Array;
  readonly #weightTime: Float64Array;
  readonly #weightTimeSquare: Float64Array;
  readonly #value: Float64Array;
  readonly #valueTime: Float64Array;
  readonly #valueSquare: Float64Array;

  /** Values are taken around their mean: far from it, differences of large squares would be rounding. */
  constructor(values: ArrayLike<number>, weights: ArrayLike<number>) {
    const n = values.length;
    this.centre = weightedMean(values, weights);
    this.#weight = new Float64Array(n + 1);
    this.#weightTime = new Float64Array(n + 1);
    this.#weightTimeSquare = new Float64Array(n + 1);
    this.#value = new Float64Array(n + 1);
    this.#valueTime = new Float64Array(n + 1);
    this.#valueSquare = new Float64Array(n + 1);
    for (let t = 0; t < n; t++) {
      const weight = weights[t]!;
      const around = values[t]! - this.centre;
      this.#weight[t + 1] = this.#weight[t]! + weight;
      this.#weightTime[t + 1] = this.#weightTime[t]! + weight * t;
      this.#weightTimeSquare[t + 1] = this.#weightTimeSquare[t]! + weight * t * t;
      this.#value[t + 1] = this.#value[t]! + weight * around;
      this.#valueTime[t + 1] = this.#valueTime[t]! + weight * around * t;
      this.#valueSquare[t + 1] = this.#valueSquare[t]! + weight * around ** 2;
    }
  }

  readonly centre: number;

  weight(from: number, to: number): number {
    return between(this.#weight, from, to);
  }

  /** Weighted mean of points `from` to before `to`. */
  mean(from: number, to: number): number {
    return this.centre + between(this.#value, from, to) / between(this.#weight, from, to);
  }

  /** Weighted squares around that mean. */
  squares(from: number, to: number): number {
    const sum = between(this.#value, from, to);
    return Math.max(0, between(this.#valueSquare, from, to) - (sum * sum) / between(this.#weight, from, to));
  }

  /** Weighted mean of all other points. */
  meanOutside(from: number, to: number): number {
    const weight = this.#weight.at(-1)! - between(this.#weight, from, to);
    // All values sum to 0 around their mean.
    return this.centre - between(this.#value, from, to) / weight;
  }

  /** Weighted squares of all other points around their own mean. */
  squaresOutside(from: number, to: number): number {
    const sum = between(this.#value, from, to);
    const weight = this.#weight.at(-1)! - between(this.#weight, from, to);
    const squares = this.#valueSquare.at(-1)! - between(this.#valueSquare, from, to);
    return Math.max(0, squares - (sum * sum) / weight);
  }

  /**
   * Least squares of level + height × g(t) over all `n` points, where g is 0 before `start`, 1 from `end` on and climbs
   * evenly between.
   */
  rampFit(start: number, end: number, n: number): { level: number; height: number; squares: number } {
    const run = end - start + 1;
    const offset = start - 1;
    const weight = between(this.#weight, start, end);
    const time = between(this.#weightTime, start, end);
    const beyond = between(this.#weight, end, n);
    const all = this.#weight[n]!;
    const g = (time - offset * weight) / run + beyond;
    const gg =
      (between(this.#weightTimeSquare, start, end) - 2 * offset * time + offset * offset * weight) / (run * run) +
      beyond;
    const gy =
      (between(this.#valueTime, start, end) - offset * between(this.#value, start, end)) / run +
      between(this.#value, end, n);
    // Values sum to 0 around their mean.
    const height = gy / (gg - (g * g) / all);
    const squares = this.#valueSquare[n]! - height * gy;
    return { level: this.centre - (height * g) / all, height, squares: Math.max(0, squares) };
  }

  /** The same from `start` on, with the level given by the points before it. */
  climbFrom(start: number, end: number, n: number): { height: number; squares: number } {
    const run = end - start + 1;
    const offset = start - 1;
    const level = between(this.#value, 0, start) / between(this.#weight, 0, start);
    const weight = between(this.#weight, start, end);
    const time = between(this.#weightTime, start, end);
    const g = (time - offset * weight) / run + between(this.#weight, end, n);
    const gg =
      (between(this.#weightTimeSquare, start, end) - 2 * offset * time + offset * offset * weight) / (run * run) +
      between(this.#weight, end, n);
    const gy =
      (between(this.#valueTime, start, end) - offset * between(this.#value, start, end)) / run +
      between(this.#value, end, n) -
      level * g;
    const all =
      between(this.#valueSquare, start, n) -
      2 * level * between(this.#value, start, n) +
      level * level * between(this.#weight, start, n);
    const height = gy / gg;
    return { height, squares: Math.max(0, all - height * gy) };
  }
}

function between(sums: Float64Array, from: number, to: number): number {
  return sums[to]! - sums[from]!;
}

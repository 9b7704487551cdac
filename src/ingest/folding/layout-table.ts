import type { BucketLayout } from '../../domain/cells.ts';

/** A point without buckets. */
export const NO_LAYOUT = -1;

/** Bucket layouts by number: points and cells refer to them by id, and equal layouts have equal ids. */
export class LayoutTable {
  readonly #layouts: BucketLayout[] = [];
  readonly #idOfKey = new Map<string, number>();
  readonly #converted = new Map<string, number>();

  explicit(bounds: ArrayLike<number>): number {
    return this.#intern(`e${Array.prototype.join.call(bounds, ',')}`, () => ({
      kind: 'explicit',
      bounds: Float64Array.from(bounds),
    }));
  }

  exponential(scale: number, zeroThreshold: number): number {
    return this.#intern(`x${scale},${zeroThreshold}`, () => ({ kind: 'exponential', scale, zeroThreshold }));
  }

  /** The same, sooner found where layout `id` is the one meant. */
  exponentialAfter(id: number, scale: number, zeroThreshold: number): number {
    const layout = this.#layouts[id];
    const isSame =
      layout !== undefined &&
      layout.kind === 'exponential' &&
      layout.scale === scale &&
      layout.zeroThreshold === zeroThreshold;
    return isSame ? id : this.exponential(scale, zeroThreshold);
  }

  /** Of a layout, sooner found where it is that of `id`. */
  numberOf(layout: BucketLayout, id: number): number {
    if (layout.kind === 'exponential') return this.exponentialAfter(id, layout.scale, layout.zeroThreshold);
    return this.hasBounds(id, layout.bounds) ? id : this.explicit(layout.bounds);
  }

  get(id: number): BucketLayout {
    const layout = this.#layouts[id];
    if (layout === undefined) throw new RangeError(`no bucket layout has the number ${id}`);
    return layout;
  }

  /** Whether layout `id` is explicit with exactly these bounds: the common case, without building a key. */
  hasBounds(id: number, bounds: ArrayLike<number>): boolean {
    const layout = this.#layouts[id];
    if (layout === undefined || layout.kind !== 'explicit' || layout.bounds.length !== bounds.length) return false;
    for (let i = 0; i < bounds.length; i++) if (layout.bounds[i] !== bounds[i]) return false;
    return true;
  }

  /** The layout with its bounds divided by `divisor`; an exponential one keeps its scale. */
  divided(id: number, divisor: number): number {
    if (divisor === 1) return id;
    const key = `${id}/${divisor}`;
    const known = this.#converted.get(key);
    if (known !== undefined) return known;
    const layout = this.get(id);
    const converted =
      layout.kind === 'explicit'
        ? this.explicit(layout.bounds.map((bound) => bound / divisor))
        : this.exponential(layout.scale, layout.zeroThreshold / divisor);
    this.#converted.set(key, converted);
    return converted;
  }

  /** Whether two layouts cannot be told apart by scale alone: exponential ones merge exactly, explicit bounds do not. */
  incomparable(a: number, b: number): boolean {
    if (a === b) return false;
    if (a === NO_LAYOUT || b === NO_LAYOUT) return true;
    return this.get(a).kind === 'explicit' || this.get(b).kind === 'explicit';
  }

  #intern(key: string, build: () => BucketLayout): number {
    const known = this.#idOfKey.get(key);
    if (known !== undefined) return known;
    const id = this.#layouts.push(build()) - 1;
    this.#idOfKey.set(key, id);
    return id;
  }
}

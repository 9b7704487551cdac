/** More than any histogram or summary has use for; it bounds what a few bytes of a hostile one may take. */
export const MOST_NUMBERS = 1 << 16;

/** A growing list of doubles that is filled again and again without leaving garbage. */
export class NumberList {
  length = 0;
  private values = new Float64Array(64);
  /** Windows on `values`, one for each length that was asked for. */
  private views: (Float64Array | undefined)[] = [];

  /** What goes beyond MOST_NUMBERS is counted in `length` only. */
  push(value: number): void {
    if (this.length >= this.values.length) this.grow();
    this.values[this.length++] = value;
  }

  get tooLong(): boolean {
    return this.length > MOST_NUMBERS;
  }

  /** The list as an array of exactly its length, valid until the list changes; not for one that is too long. */
  view(): Float64Array {
    let view = this.views[this.length];
    if (view === undefined) {
      view = this.values.subarray(0, this.length);
      this.views[this.length] = view;
    }
    return view;
  }

  private grow(): void {
    if (this.length >= MOST_NUMBERS) return;
    const larger = new Float64Array(this.values.length * 2);
    larger.set(this.values);
    this.values = larger;
    this.views = [];
  }
}

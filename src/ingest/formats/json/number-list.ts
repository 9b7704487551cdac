/** A growing list of doubles that is filled again and again without leaving garbage. */
export class NumberList {
  length = 0;
  private values = new Float64Array(64);
  /** Windows on `values`, one for each length that was asked for. */
  private views: (Float64Array | undefined)[] = [];

  push(value: number): void {
    if (this.length === this.values.length) this.grow();
    this.values[this.length++] = value;
  }

  /** The list as an array of exactly its length, valid until the list changes. */
  view(): Float64Array {
    let view = this.views[this.length];
    if (view === undefined) {
      view = this.values.subarray(0, this.length);
      this.views[this.length] = view;
    }
    return view;
  }

  private grow(): void {
    const larger = new Float64Array(this.values.length * 2);
    larger.set(this.values);
    this.values = larger;
    this.views = [];
  }
}

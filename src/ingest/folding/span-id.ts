/**
 * A 64-bit number for (trace id, span id), so that millions of ids fit typed columns: two FNV-1a-like hashes with
 * different multipliers. Two of 2 million spans collide with a probability of 1e-7. One instance is used again.
 */
export class SpanId {
  low = 0;
  high = 0;
  #traceId = '';
  #traceLow = 0;
  #traceHigh = 0;

  set(traceId: string, spanId: string): void {
    if (traceId !== this.#traceId) {
      this.low = 0x811c9dc5;
      this.high = 0x27d4eb2f;
      this.#mix(traceId);
      this.#mix('/');
      this.#traceId = traceId;
      this.#traceLow = this.low;
      this.#traceHigh = this.high;
    }
    this.low = this.#traceLow;
    this.high = this.#traceHigh;
    this.#mix(spanId);
    this.low = scattered(this.low);
    this.high = scattered(this.high);
  }

  #mix(text: string): void {
    let { low, high } = this;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ code, 0x5bd1e995);
      high ^= high >>> 15;
    }
    this.low = low;
    this.high = high;
  }
}

/** The finalizer of MurmurHash3 (Appleby 2011): every input bit reaches every output bit. */
export function scattered(hash: number): number {
  let mixed = hash;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

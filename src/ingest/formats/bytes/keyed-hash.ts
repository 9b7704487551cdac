import { randomBytes } from 'node:crypto';

const FINAL_ROUNDS = 3;
const KEY = new Int32Array(new Uint8Array(randomBytes(8)).buffer);

/**
 * HalfSipHash-1-3 (Aumasson and Bernstein 2012; the hash of Linux for tables that strangers fill) of a number and of
 * `length` bytes. The key is drawn at start, so that nobody can choose bytes that all land in one place.
 */
export function keyedHash(number: number, view: DataView, start: number, length: number): number {
  let v0 = KEY[0]!;
  let v1 = KEY[1]!;
  let v2 = 0x6c796765 ^ v0;
  let v3 = 0x74656462 ^ v1;
  const words = length >> 2;
  const tail = lastWord(view, start, length);
  for (let step = -1; step <= words + FINAL_ROUNDS; step++) {
    let word = 0;
    if (step < 0) word = number;
    else if (step < words) word = view.getInt32(start + 4 * step, true);
    else if (step === words) word = tail;
    else if (step === words + 1) v2 ^= 0xff;
    v3 ^= word;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= word;
  }
  return v1 ^ v3;
}

/** What is left after whole words, with the length in the uppermost byte. */
function lastWord(view: DataView, start: number, length: number): number {
  let word = length << 24;
  for (let index = length & ~3; index < length; index++) word |= view.getUint8(start + index) << (8 * (index & 3));
  return word;
}

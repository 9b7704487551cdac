import { type Chance, pick } from './chance.ts';

/** Bytes that ends, signs and lengths are made of. */
const TELLING = [0x00, 0x01, 0x07, 0x0a, 0x7f, 0x80, 0x8f, 0xff, 0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x2d, 0x65];
const LONGEST_RUN = 64;

/** Changes a few bytes, without a notion of what they mean. `others` are what pieces may be taken from. */
export function mutateBytes(input: Buffer, others: readonly Buffer[], chance: Chance): Buffer {
  let bytes: Buffer = Buffer.from(input);
  for (let changes = 1 + Math.floor(chance() ** 3 * 6); changes > 0; changes--)
    bytes = changeOnce(bytes, others, chance);
  return bytes;
}

function changeOnce(bytes: Buffer, others: readonly Buffer[], chance: Chance): Buffer {
  const at = Math.floor(chance() * (bytes.length + 1));
  const to = Math.min(bytes.length, at + 1 + Math.floor(chance() ** 2 * LONGEST_RUN));
  const join = (...middle: Uint8Array[]) => Buffer.concat([bytes.subarray(0, at), ...middle]);
  const after = bytes.subarray(to);
  switch (Math.floor(chance() * 8)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return join(after);
    case 2:
      return join(bytes.subarray(at, to), bytes.subarray(at));
    case 3:
      return join(Buffer.alloc(1 + Math.floor(chance() * 12), pick(TELLING, chance)), bytes.subarray(at));
    case 4: {
      const other = pick(others, chance);
      return join(other.subarray(Math.floor(chance() * other.length)));
    }
    case 5:
      return join(Buffer.from([pick(TELLING, chance)]), bytes.subarray(Math.min(at + 1, bytes.length)));
    default: {
      const flipped = Buffer.from(bytes);
      if (at < flipped.length) flipped[at]! ^= 1 << Math.floor(chance() * 8);
      return flipped;
    }
  }
}

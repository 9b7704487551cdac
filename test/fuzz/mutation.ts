import type { SeededRandom } from '../support/seeded-random.ts';

const MOST_CHANGES = 4;
const MOST_BYTES = 4096;
/** Bytes at which encodings turn: ends of varints, of signs, of digits. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x22, 0x5c, 0x7b, 0x7d];

/** An input with a few changes: bytes flipped, replaced, left out, repeated, put in from another input, or cut off. */
export function mutated(corpus: readonly Buffer[], random: SeededRandom): Buffer {
  const pick = (below: number) => Math.floor(random.uniform() * below);
  let input: Buffer = Buffer.from(corpus[pick(corpus.length)]!);
  const changes = 1 + pick(MOST_CHANGES);
  for (let i = 0; i < changes; i++) input = changed(input, corpus[pick(corpus.length)]!, pick);
  return input.subarray(0, MOST_BYTES);
}

function changed(input: Buffer, other: Buffer, pick: (below: number) => number): Buffer {
  const at = pick(input.length + 1);
  const length = 1 + pick(8);
  const before = input.subarray(0, at);
  switch (pick(7)) {
    case 0:
      if (at < input.length) input[at]! ^= 1 << pick(8);
      return input;
    case 1:
      if (at < input.length) input[at] = EDGES[pick(EDGES.length)]!;
      return input;
    case 2:
      return Buffer.concat([before, input.subarray(at + length)]);
    case 3:
      return Buffer.concat([before, input.subarray(at, at + length), input.subarray(at)]);
    case 4:
      return Buffer.concat([before, Buffer.alloc(length, EDGES[pick(EDGES.length)]!), input.subarray(at)]);
    case 5: {
      const from = pick(other.length + 1);
      return Buffer.concat([before, other.subarray(from, from + 1 + pick(64)), input.subarray(at)]);
    }
    default:
      return Buffer.from(before);
  }
}

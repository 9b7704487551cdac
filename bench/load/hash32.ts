/** 32 bits from a few integers, by murmur3's mixing: the same on every machine, and any entry without those before it. */
export function hash32(seed: number, first: number, second = 0, third = 0): number {
  return finish(mix(mix(mix(seed | 0, first), second), third));
}

/** Uniform in [0, 1). */
export function uniformOf(seed: number, first: number, second = 0, third = 0): number {
  return hash32(seed, first, second, third) / 2 ** 32;
}

function mix(state: number, part: number): number {
  let block = Math.imul(part, 0xcc9e2d51);
  block = (block << 15) | (block >>> 17);
  const mixed = state ^ Math.imul(block, 0x1b873593);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(state: number): number {
  let hash = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Seeded chance for simulations: xoshiro128** (Blackman and Vigna 2021), whose streams are too long to overlap. */
export interface Chance {
  /** Uniform in [0, 1). */
  uniform(): number;
  normal(): number;
  poisson(mean: number): number;
  binomial(trials: number, share: number): number;
}

export function seededChance(seed: number): Chance {
  const uniform = uniformStream(seed);
  const normal = normalStream(uniform);
  return { uniform, normal, poisson: (mean) => poisson(mean, uniform, normal), binomial: binomialOf(uniform) };
}

function uniformStream(seed: number): () => number {
  const state = new Uint32Array(4);
  let mixed = seed >>> 0;
  for (let i = 0; i < 4; i++) {
    mixed = (mixed + 0x9e3779b9) >>> 0;
    let word = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    state[i] = word ^ (word >>> 16);
  }
  return () => {
    const second = state[1]!;
    const product = Math.imul(second, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    state[2]! ^= state[0]!;
    state[3]! ^= second;
    state[1] = second ^ state[2]!;
    state[0]! ^= state[3]!;
    state[2]! ^= second << 9;
    state[3] = (state[3]! << 11) | (state[3]! >>> 21);
    return result / 2 ** 32;
  };
}

/** Marsaglia's polar method: two at a time. */
function normalStream(uniform: () => number): () => number {
  let spare = Number.NaN;
  return () => {
    if (!Number.isNaN(spare)) {
      const kept = spare;
      spare = Number.NaN;
      return kept;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      spare = y * factor;
      return x * factor;
    }
  };
}

/** By inversion; beyond 60 the normal approximation is as good as the traffic model. */
function poisson(mean: number, uniform: () => number, normal: () => number): number {
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
  let term = Math.exp(-mean);
  let left = uniform() - term;
  let count = 0;
  while (left > 0 && term > 0) {
    count++;
    term *= mean / count;
    left -= term;
  }
  return count;
}

/** By waiting times between successes: quick for the small shares of errors and retries. */
function binomialOf(uniform: () => number): (trials: number, share: number) => number {
  return (trials, share) => {
    if (share <= 0) return 0;
    const perFailure = Math.log1p(-Math.min(share, 1 - 1e-12));
    let successes = 0;
    let at = Math.floor(Math.log(1 - uniform()) / perFailure);
    while (at < trials) {
      successes++;
      at += 1 + Math.floor(Math.log(1 - uniform()) / perFailure);
    }
    return successes;
  };
}

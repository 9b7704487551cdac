/** More players than this are not evaluated: 2^k coalitions. */
export const MOST_PLAYERS = 5;

/**
 * Shapley values of k <= 5 players, exact over all 2^k coalitions: φᵢ = Σ |S|!(k − |S| − 1)!/k! · (v(S ∪ i) − v(S)) (Shapley
 * 1953). Bit i of a coalition says that player i is in it; `worth` is asked once for each. Σφ = v(all) − v(none), in its unit.
 */
export function shapleyValues(players: number, worth: (coalition: number) => number): Float64Array {
  if (players > MOST_PLAYERS) throw new RangeError(`at most ${MOST_PLAYERS} players`);
  const coalitions = 1 << players;
  const values = Float64Array.from({ length: coalitions }, (_, coalition) => worth(coalition));
  const weights = orderWeights(players);
  const shares = new Float64Array(players);
  for (let coalition = 0; coalition < coalitions; coalition++) {
    const weight = weights[membersOf(coalition)]!;
    for (let player = 0; player < players; player++) {
      const joined = coalition | (1 << player);
      if (joined !== coalition) shares[player]! += weight * (values[joined]! - values[coalition]!);
    }
  }
  return shares;
}

/** Share of all orders in which a player is preceded by just these many: s!(k − s − 1)!/k! = 1/(k · C(k − 1, s)). */
function orderWeights(players: number): number[] {
  const weights: number[] = [];
  let choices = 1;
  for (let size = 0; size < players; size++) {
    weights.push(1 / (players * choices));
    choices = (choices * (players - 1 - size)) / (size + 1);
  }
  return weights;
}

function membersOf(coalition: number): number {
  let members = 0;
  for (let rest = coalition; rest > 0; rest >>= 1) members += rest & 1;
  return members;
}

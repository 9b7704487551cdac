/**
 * The known name a misspelt one most likely stands for; null where none is near. Letter case does not count; of names
 * equally near, one with the same first letter wins.
 */
export function nearestName(name: string, known: readonly string[]): string | null {
  const allowed = Math.max(1, Math.floor(name.length / 3));
  let nearest: string | null = null;
  let nearestDistance = allowed + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) > nearestDistance) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    const tied = distance === nearestDistance && nearest !== null;
    const better = tied ? candidate[0] === name[0] && nearest?.[0] !== name[0] : distance < nearestDistance;
    if (better) {
      nearest = candidate;
      nearestDistance = distance;
    }
  }
  return nearest;
}

/** Shorter names that differ by a letter are often two names: `cart` and `card`. */
const FEWEST_LETTERS = 6;

/**
 * Whether one name is the other with a slip: letter case and separators apart, or one letter, or two of a long name. Names that
 * differ in a digit are different ones: `checkout.v1` and `checkout.v2`.
 */
export function isSlipOf(name: string, other: string): boolean {
  const [left, right] = [name, other].map((one) => one.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')) as [
    string,
    string,
  ];
  if (left === right) return true;
  const digits = (text: string) => text.replace(/\P{N}/gu, '');
  const length = Math.min(left.length, right.length);
  if (length < FEWEST_LETTERS || digits(left) !== digits(right)) return false;
  return editDistance(left, right) <= (length < 2 * FEWEST_LETTERS ? 1 : 2);
}

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours (Damerau 1964). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const substitution = last[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      let best = Math.min(substitution, last[column]! + 1, current[column - 1]! + 1);
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) best = Math.min(best, beforeLast[column - 2]! + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
}

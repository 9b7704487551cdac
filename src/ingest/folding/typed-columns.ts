type Column = Float64Array | Int32Array | Uint32Array | Uint8Array;

const SMALLEST = 16;

/** The column itself, or a copy with room for at least `needed` entries: amortised growth. */
export function grown<T extends Column>(column: T, needed: number): T {
  if (needed <= column.length) return column;
  const length = Math.max(needed, Math.ceil(column.length * 1.6), SMALLEST);
  const bigger = new (column.constructor as new (length: number) => T)(length);
  bigger.set(column);
  return bigger;
}

/**
 * Positions 0..count-1 ordered by `rankOf`, ties by position. Values are whole numbers; the sort is numeric, without a
 * comparator, on value and position packed into one double.
 */
export function orderBy(count: number, rankOf: (position: number) => number): Uint32Array {
  const order = new Uint32Array(count);
  let lowest = Number.POSITIVE_INFINITY;
  let ascending = true;
  for (let i = 0; i < count; i++) {
    order[i] = i;
    const value = rankOf(i);
    if (value < lowest) lowest = value;
    if (i > 0 && rankOf(i - 1) > value) ascending = false;
  }
  if (ascending) return order;
  const packed = new Float64Array(count);
  for (let i = 0; i < count; i++) packed[i] = (rankOf(i) - lowest) * count + i;
  packed.sort();
  for (let i = 0; i < count; i++) order[i] = packed[i]! % count;
  return order;
}

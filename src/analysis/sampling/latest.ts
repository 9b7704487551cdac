interface Known<First, Second, Value> {
  readonly first: First;
  readonly second: Second;
  readonly value: Value;
}

/** Makes a value of two objects once, as long as no more than so many other pairs were asked for since. */
export function rememberLatest<First extends object, Second extends object, Value>(
  count: number,
): (first: First, second: Second, make: () => Value) => Value {
  let latest: readonly Known<First, Second, Value>[] = [];
  return (first, second, make) => {
    const known = latest.find((one) => one.first === first && one.second === second);
    if (known !== undefined) return known.value;
    const value = make();
    latest = [{ first, second, value }, ...latest.slice(0, count - 1)];
    return value;
  };
}

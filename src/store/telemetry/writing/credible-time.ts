/** What time it may be. */
export interface CredibleTime {
  readonly earliestMs: number;
  readonly latestMs: number;
}

const DAY_MS = 86_400_000;

/**
 * The time by the clock on the wall, and by one that only counts how long ago it was set by that: when the wall clock jumps,
 * one of them is right, and no good point is refused. A day later the jump is taken to be meant.
 */
export function credibleTime(wallMs: () => number, steadyMs: () => number): () => CredibleTime {
  let set = { wall: wallMs(), steady: steadyMs() };
  return () => {
    const [wall, steady] = [wallMs(), steadyMs()];
    if (steady - set.steady > DAY_MS) set = { wall, steady };
    const counted = set.wall + (steady - set.steady);
    return { earliestMs: Math.min(wall, counted), latestMs: Math.max(wall, counted) };
  };
}

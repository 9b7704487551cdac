/** Uniform in [0, 1). */
export type Chance = () => number;

export function pick<T>(items: readonly T[], chance: Chance): T {
  return items[Math.floor(chance() * items.length)]!;
}

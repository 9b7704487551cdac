/** A rhythm of traffic: blocks of one phase are alike. */
export interface Season {
  /** Of one cycle, as said after "every earlier". */
  readonly name: string;
  /** Blocks after which hours come again. */
  readonly periodBlocks: number;
  readonly phaseOf: (block: number) => number;
  /** Length of the past from which on the season may be believed, and from which on it is preferred without asking. */
  readonly fewestBlocks: number;
  readonly knownFromBlocks: number;
}

export const DAY_MS = 86_400_000;
/** As many windows at the same hour as a reference needs (K ≥ 4 earlier weeks; here of days, too). */
const FEWEST_CYCLES = 4;
/** 1970-01-01 was a Thursday; Sunday is 0. */
const FIRST_WEEKDAY = 4;
const SUNDAY = 0;
const SATURDAY = 6;

/** Plainest first: days, days told apart by whether they are of the weekend (in UTC), weeks; as far as the past is long. */
export function seasonsAt(resolutionMs: number, pastBlocks: number): Season[] {
  const day = DAY_MS / resolutionMs;
  if (!Number.isInteger(day)) return [];
  const week = 7 * day;
  const isWeekend = (block: number): boolean => {
    const weekday = (Math.floor(block / day) + FIRST_WEEKDAY) % 7;
    return weekday === SUNDAY || weekday === SATURDAY;
  };
  const seasons: Season[] = [
    {
      name: 'day',
      periodBlocks: day,
      phaseOf: (block) => block % day,
      fewestBlocks: day,
      knownFromBlocks: FEWEST_CYCLES * day,
    },
    {
      name: 'day of its kind (weekday or weekend)',
      periodBlocks: day,
      phaseOf: (block) => (block % day) + (isWeekend(block) ? day : 0),
      fewestBlocks: week,
      knownFromBlocks: Number.POSITIVE_INFINITY,
    },
    {
      name: 'week',
      periodBlocks: week,
      phaseOf: (block) => block % week,
      fewestBlocks: week,
      knownFromBlocks: FEWEST_CYCLES * week,
    },
  ];
  return seasons.filter(({ fewestBlocks }) => pastBlocks > fewestBlocks);
}

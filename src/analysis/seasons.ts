/** A rhythm of traffic: blocks of one phase are alike. */
export interface Season {
  /** Of one cycle, as said after "every earlier". */
  readonly name: string;
  /** Blocks after which hours come again; phases of one number follow each other except where a cycle ends. */
  readonly periodBlocks: number;
  readonly phases: number;
  readonly phaseOf: (block: number) => number;
  /** Cycles of the past from which on the season is preferred without asking; null where it always has to be asked for. */
  readonly knownFromBlocks: number;
}

const DAY_MS = 86_400_000;
/** As many windows at the same hour as a reference needs (K ≥ 4 earlier weeks; here of days, too). */
const FEWEST_CYCLES = 4;
/** 1970-01-01 was a Thursday; Sunday is 0. */
const FIRST_WEEKDAY = 4;
const SUNDAY = 0;
const SATURDAY = 6;

/** Plainest first: days, days told apart by whether they are of the weekend (in UTC), weeks. */
export function seasonsAt(resolutionMs: number): Season[] {
  const day = DAY_MS / resolutionMs;
  if (!Number.isInteger(day)) return [];
  const week = 7 * day;
  const isWeekend = (block: number): boolean => {
    const weekday = (Math.floor(block / day) + FIRST_WEEKDAY) % 7;
    return weekday === SUNDAY || weekday === SATURDAY;
  };
  return [
    {
      name: 'day',
      periodBlocks: day,
      phases: day,
      phaseOf: (block) => block % day,
      knownFromBlocks: FEWEST_CYCLES * day,
    },
    {
      name: 'day of its kind (weekday or weekend)',
      periodBlocks: day,
      phases: 2 * day,
      phaseOf: (block) => (block % day) + (isWeekend(block) ? day : 0),
      knownFromBlocks: Number.POSITIVE_INFINITY,
    },
    {
      name: 'week',
      periodBlocks: week,
      phases: week,
      phaseOf: (block) => block % week,
      knownFromBlocks: FEWEST_CYCLES * week,
    },
  ];
}

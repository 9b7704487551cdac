/** One thing measured. `isMet` is null where nothing is asked of it. */
export interface Figure {
  readonly name: string;
  readonly value: number | string;
  readonly bar: string;
  readonly isMet: boolean | null;
  /** Times and memory are the machine's too: they are judged where figures are taken, and not in tests. */
  readonly ofMachine: boolean;
}

export interface Trial {
  readonly isSmall: boolean;
  /** A folder of this row alone. */
  readonly folder: string;
}

/** One kind of hostile input. */
export interface HostileRow {
  readonly number: number;
  readonly title: string;
  run(trial: Trial): Promise<Figure[]>;
}

export function atMost(name: string, value: number, most: number, unit = ''): Figure {
  return { name, value, bar: `≤ ${most}${unit}`, isMet: value <= most, ofMachine: false };
}

export function exactly(name: string, value: number | string, expected: number | string): Figure {
  return { name, value, bar: `= ${expected}`, isMet: value === expected, ofMachine: false };
}

export function told(name: string, value: number | string): Figure {
  return { name, value, bar: '', isMet: null, ofMachine: false };
}

export function ofMachine(figure: Figure): Figure {
  return { ...figure, ofMachine: true };
}

import { FLOORS, type Floor } from './floors.ts';

/** One line of the table: a number, how sure it is, and what it is held against. */
export interface Figure {
  readonly set: string;
  readonly name: string;
  /** What the value is a share of: cases, comparisons, reports. */
  readonly n: number;
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
}

export interface JudgedFigure extends Figure {
  readonly floor: Floor | null;
  /** Null where there is no bar, or no value to hold against it. */
  readonly met: boolean | null;
}

/** Sets a figure beside its bar; the bars are data and are read from nowhere else. */
export function judgeFigure(figure: Figure): JudgedFigure {
  const floor = FLOORS.find(({ set, figure: name }) => set === figure.set && name === figure.name) ?? null;
  return { ...figure, floor, met: floor === null ? null : meets(figure.value, floor) };
}

function meets(value: number | null, { atLeast, atMost }: Floor): boolean | null {
  if (value === null || (atLeast === undefined && atMost === undefined)) return null;
  return value >= (atLeast ?? Number.NEGATIVE_INFINITY) && value <= (atMost ?? Number.POSITIVE_INFINITY);
}

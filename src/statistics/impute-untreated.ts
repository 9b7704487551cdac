import { absorber } from './absorb-groups.ts';
import { leastSquaresSolution } from './weighted-least-squares.ts';

/** Rows are cells of a unit (an instance, of one kind of traffic) in a group of rows at one time (a block, of that kind). */
export interface UntreatedRows {
  readonly response: Float64Array;
  /** Requests; a row of weight 0 teaches nothing. */
  readonly weights: Float64Array;
  /** Row → unit and time, numbered from 0. */
  readonly unit: Int32Array;
  readonly time: Int32Array;
  /** What else may act on a row, by shares in [0, 1]: its effect is learned where nothing is treated, and taken off. */
  readonly covariates: readonly Float64Array[];
  /** Rows that the model is learned from: not yet or never treated. */
  readonly isClean: Uint8Array;
}

const MOST_ROUNDS = 10_000;
const TOLERANCE = 1e-10;
/** A column of which less is left than this share was made of units and times alone. */
const NOTHING_LEFT = 1e-7;

/**
 * Response less what it would have been untreated, by row: unit, time and covariate effects are learned on clean rows only
 * (Borusyak, Jaravel & Spiess 2024), so that what is treated already never stands in for a control, as it does in two-way
 * fixed effects (Goodman-Bacon 2021). In the unit of the response. NaN where clean rows do not link the row's unit and time;
 * null where the effect of a covariate cannot be learned on clean rows, but acts on others.
 */
export function untreatedResiduals(input: UntreatedRows): Float64Array | null {
  const { unit, time } = input;
  const weights = input.weights.map((weight, row) => (input.isClean[row] === 1 ? weight : 0));
  const response = withoutCovariates(input, weights);
  if (response === null) return null;
  const { ofUnit, ofTime } = learnEffects(response, weights, unit, time);
  const component = linkedComponents(weights, unit, time, ofUnit.length);
  return response.map((value, row) => {
    const isLinked = component[unit[row]!] === component[ofUnit.length + time[row]!];
    return isLinked ? value - ofUnit[unit[row]!]! - ofTime[time[row]!]! : Number.NaN;
  });
}

function withoutCovariates(input: UntreatedRows, weights: Float64Array): Float64Array | null {
  const groupings = [input.time, input.unit];
  const acting = input.covariates.filter((column) => isMoreThanGroups(column, input.weights, groupings));
  if (acting.length === 0) return input.response;
  const absorb = absorber(weights, groupings);
  const absorbed = acting.map(absorb);
  const design = new Float64Array(input.response.length * acting.length);
  absorbed.forEach((column, j) => {
    for (let row = 0; row < column.length; row++) design[row * acting.length + j] = column[row]!;
  });
  const { coefficients, aliases } = leastSquaresSolution({
    design,
    columns: acting.length,
    response: absorb(input.response),
    weights,
    referenceNorms: acting.map((column) => norm(column, input.weights)),
  });
  if (aliases.length > 0) return null;
  return input.response.map((value, row) =>
    acting.reduce((rest, column, j) => rest - coefficients[j]! * column[row]!, value),
  );
}

/** What all units met at once, or one always, is part of the effects of times and units. */
function isMoreThanGroups(column: Float64Array, weights: Float64Array, groupings: readonly Int32Array[]): boolean {
  return norm(absorber(weights, groupings)(column), weights) > NOTHING_LEFT * norm(column, weights);
}

function norm(column: Float64Array, weights: Float64Array): number {
  return Math.sqrt(column.reduce((sum, value, row) => sum + weights[row]! * value ** 2, 0));
}

/** Least squares of unit + time by turns of weighted means, until nothing moves. */
function learnEffects(response: Float64Array, weights: Float64Array, unit: Int32Array, time: Int32Array) {
  const ofUnit = new Float64Array(groupsOf(unit));
  const ofTime = new Float64Array(groupsOf(time));
  const size = response.reduce((most, value, row) => (weights[row]! > 0 ? Math.max(most, Math.abs(value)) : most), 0);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const moved = Math.max(
      refit(ofTime, time, ofUnit, unit, response, weights),
      refit(ofUnit, unit, ofTime, time, response, weights),
    );
    if (moved <= TOLERANCE * size) break;
  }
  return { ofUnit, ofTime };
}

/** Sets each effect to the weighted mean of what the other leaves, and says by how much the largest moved. */
function refit(
  effects: Float64Array,
  group: Int32Array,
  others: Float64Array,
  otherGroup: Int32Array,
  response: Float64Array,
  weights: Float64Array,
): number {
  const sums = new Float64Array(effects.length);
  const totals = new Float64Array(effects.length);
  for (let row = 0; row < response.length; row++) {
    const weight = weights[row]!;
    if (weight === 0) continue;
    sums[group[row]!]! += weight * (response[row]! - others[otherGroup[row]!]!);
    totals[group[row]!]! += weight;
  }
  let moved = 0;
  for (let one = 0; one < effects.length; one++) {
    const effect = totals[one]! > 0 ? sums[one]! / totals[one]! : 0;
    moved = Math.max(moved, Math.abs(effect - effects[one]!));
    effects[one] = effect;
  }
  return moved;
}

function groupsOf(group: Int32Array): number {
  return group.reduce((most, one) => Math.max(most, one + 1), 0);
}

/** Units, then times, by the component of the graph that clean rows make of them: effects of two components share no level. */
function linkedComponents(weights: Float64Array, unit: Int32Array, time: Int32Array, units: number): Int32Array {
  const parent = Int32Array.from({ length: units + groupsOf(time) }, (_, node) => node);
  const rootOf = (node: number): number => {
    let root = node;
    while (parent[root] !== root) {
      parent[root] = parent[parent[root]!]!;
      root = parent[root]!;
    }
    return root;
  };
  for (let row = 0; row < unit.length; row++) {
    if (weights[row]! > 0) parent[rootOf(unit[row]!)] = rootOf(units + time[row]!);
  }
  return parent.map((_, node) => rootOf(node));
}

import {
  type FixedEffectsFit,
  type FixedEffectsInput,
  fixedEffectsFit,
  intervalOf,
} from '../../statistics/fixed-effects-fit.ts';
import type { Interval } from '../../statistics/mover.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import { FEWEST_HOSTS } from '../designs/design.ts';
import { FEWEST_MIXED_BLOCKS } from '../exposure/exposure.ts';
import type { ExposureCells } from './exposure-cells.ts';

/** What changes did to traffic that met them, all that can be seen at once, everything else in the same blocks being equal. */
export interface Contrasts {
  /** Per exposure; null where nothing that runs beside it tells it from time. */
  readonly of: readonly (Contrast | null)[];
  /** The comparisons made, best first. */
  readonly fits: readonly ContrastFit[];
}

export interface Contrast {
  /** Difference of the response where all of the traffic met the change. */
  readonly difference: Interval;
  /** Whether there is any: the most precise weighing of what is compared, that of `difference` where nothing else was asked. */
  readonly any: Interval;
  /** The same at the level of everything claimed in the report. */
  readonly strict: Interval;
  /** The 90 % interval: what lies inside a margin by it does so at 5 % (Schuirmann 1987). */
  readonly equivalence: Interval;
  /** Blocks in which traffic that met it ran beside traffic that did not. */
  readonly blocks: number;
  readonly basis: Basis;
  /** Numbers of the exposures that move with this one, so that no traffic tells them apart. */
  readonly inseparableFrom: readonly number[];
}

/** What varies independently: instances, or stretches of time where there are too few of them. */
export interface Basis {
  readonly kind: 'instances' | 'stretches of time';
  readonly count: number;
}

export interface ContrastFit {
  readonly cells: ExposureCells;
  /** Rows of the cells that are compared. */
  readonly rows: Int32Array;
  readonly groupings: readonly Int32Array[];
  readonly input: FixedEffectsInput;
  readonly fit: FixedEffectsFit;
  readonly basis: Basis;
}

/** Level of the interval that shows a difference to be negligible. */
export const EQUIVALENCE = 2 * CONFIDENCE - 1;

/**
 * One fit for all visible changes. Instances are their own control where they ran before; where a change came with new
 * instances, which have no before, traffic beside it is. `level` is that of a claim.
 */
export function contrastsOf(cells: ExposureCells, level: number): Contrasts {
  if (cells.exposures.length === 0 || cells.rate.length === 0) return { of: cells.exposures.map(() => null), fits: [] };
  const all = Int32Array.from(cells.rate.keys());
  const withinHosts = contrastFit(cells, all, [sameBlock(cells, all), sameHost(cells, all)]);
  const isSettled = cells.exposures.every((_, number) => isToldFromTime(withinHosts, number));
  const fits = isSettled ? [withinHosts] : [withinHosts, besideEachOther(cells)];
  return {
    of: cells.exposures.map((_, number) => {
      const fit = fits.find((one) => isToldFromTime(one, number));
      return fit === undefined ? null : contrastIn(fit, number, level);
    }),
    fits,
  };
}

function besideEachOther(cells: ExposureCells): ContrastFit {
  const post = Int32Array.from(cells.isPost.keys()).filter((row) => cells.isPost[row] === 1);
  return contrastFit(cells, post, [sameBlock(cells, post)]);
}

/** The fit of all exposures, and of further columns beside them. */
export function contrastFit(
  cells: ExposureCells,
  rows: Int32Array,
  groupings: readonly Int32Array[],
  further: readonly Float64Array[] = [],
): ContrastFit {
  const { cluster, kind, clusters } = clustersOf(cells, rows);
  const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!);
  const input = {
    columns: [...cells.doses, ...further].map(pick),
    response: pick(cells.rate),
    weights: pick(cells.requests),
    groupings,
    cluster,
  };
  const fit = fixedEffectsFit(input);
  const count = kind === 'instances' ? clusters : fit.replicates.length;
  return { cells, rows, groupings, input, fit, basis: { kind, count } };
}

function sameBlock({ block, stratum, strata }: ExposureCells, rows: Int32Array): Int32Array {
  return rows.map((row) => block[row]! * strata + stratum[row]!);
}

function sameHost({ host, stratum, strata, arm, arms }: ExposureCells, rows: Int32Array): Int32Array {
  return rows.map((row) => (host[row]! * strata + stratum[row]!) * arms + arm[row]!);
}

interface Clusters {
  readonly cluster: Int32Array;
  readonly clusters: number;
  readonly kind: Basis['kind'];
}

function clustersOf({ host, block, hosts }: ExposureCells, rows: Int32Array): Clusters {
  const isByHost = hosts >= FEWEST_HOSTS;
  const key = isByHost ? host : block;
  const keys = [...new Set(rows.map((row) => key[row]!))].sort((a, b) => a - b);
  const number = new Map(keys.map((one, index) => [one, index]));
  return {
    cluster: rows.map((row) => number.get(key[row]!)!),
    clusters: keys.length,
    kind: isByHost ? 'instances' : 'stretches of time',
  };
}

function isToldFromTime({ fit }: ContrastFit, number: number): boolean {
  return !fit.aliases.some(({ column, dependsOn }) => column === number && dependsOn.length === 0);
}

function contrastIn(one: ContrastFit, number: number, level: number): Contrast | null {
  const blocks = mixedBlocks(one, number);
  if (blocks < FEWEST_MIXED_BLOCKS) return null;
  const set = aliasSet(one.fit, number);
  const factors = new Map([[standsFor(one.fit, number), 1]]);
  return {
    difference: intervalOf(one.fit, factors, CONFIDENCE),
    any: intervalOf(one.fit, factors, CONFIDENCE),
    strict: intervalOf(one.fit, factors, level),
    equivalence: intervalOf(one.fit, factors, EQUIVALENCE),
    blocks,
    basis: one.basis,
    inseparableFrom: set.filter((other) => other !== number),
  };
}

/** The kept column that carries the effect of an aliased one: itself, or the one it leans on most. */
function standsFor({ aliases }: FixedEffectsFit, number: number): number {
  const alias = aliases.find(({ column }) => column === number);
  if (alias === undefined) return number;
  const [most] = [...alias.dependsOn].sort((a, b) => Math.abs(b.factor) - Math.abs(a.factor) || a.column - b.column);
  return most?.column ?? number;
}

/** Every exposure that is a combination of others, with those others, and what hangs together with them. */
function aliasSet({ aliases }: FixedEffectsFit, number: number): number[] {
  const set = new Set([number]);
  const links = aliases
    .filter(({ dependsOn }) => dependsOn.length > 0)
    .map(({ column, dependsOn }) => [column, ...dependsOn.map((one) => one.column)]);
  for (const _ of links) {
    for (const link of links) if (link.some((one) => set.has(one))) for (const one of link) set.add(one);
  }
  return [...set].sort((a, b) => a - b);
}

function mixedBlocks({ cells, rows }: ContrastFit, number: number): number {
  const dose = cells.doses[number]!;
  const range = new Map<number, [number, number]>();
  for (const row of rows) {
    const [low, high] = range.get(cells.block[row]!) ?? [1, 0];
    range.set(cells.block[row]!, [Math.min(low, dose[row]!), Math.max(high, dose[row]!)]);
  }
  return [...range.values()].filter(([low, high]) => high > low).length;
}

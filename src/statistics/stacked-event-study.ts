import { untreatedResiduals } from './impute-untreated.ts';
import type { Interval } from './mover.ts';
import { studentQuantile } from './student.ts';

/** Rows are cells; instances are treated one after the other, each from a time of its own on. */
export interface EventStudyInput {
  readonly response: Float64Array;
  /** Requests. */
  readonly weights: Float64Array;
  /** Row → instance of one kind of traffic, and block of that kind, numbered from 0. */
  readonly unit: Int32Array;
  readonly time: Int32Array;
  /** Row → instance, numbered from 0: what is independent of the others. */
  readonly instance: Int32Array;
  /** Row → whole blocks since its instance was treated; negative before, −∞ where it never was. */
  readonly age: Float64Array;
  /** See `UntreatedRows`. */
  readonly covariates: readonly Float64Array[];
}

/** What being treated for so long did, on average over the instances that ran so long beside clean controls. */
export interface AgeEffect {
  /** Ages of this many blocks or more, up to the next one's. */
  readonly from: number;
  readonly effect: Interval;
  readonly instances: number;
}

/** A sum of effects by age with the spread that leaving out instances shows. */
export interface JackknifedEffect {
  readonly estimate: number;
  readonly variance: number;
  readonly degreesOfFreedom: number;
}

export interface EventStudy {
  /** Mean over all treated rows; ages beyond the last with enough instances are taken to be like it. */
  readonly after: JackknifedEffect;
  /** Is there any effect: rows weighed by how well their time tells them apart, as a regression on stacks would. */
  readonly any: JackknifedEffect;
  /** Mean of what no model of the untreated explains just before treatment: nothing, unless something came earlier. */
  readonly before: JackknifedEffect;
  readonly profile: readonly AgeEffect[];
  /** Treated instances that ran beside clean controls. */
  readonly treated: number;
  /** Stacked by age from `firstAge` on, in blocks: mean distance from untreated, and requests; NaN and 0 where none ran. */
  readonly firstAge: number;
  readonly stacked: Float64Array;
  readonly requests: Float64Array;
}

/** Fewer clean instances in a block cannot tell what befell all from what befell one. */
const FEWEST_CONTROLS = 2;
/** An age that fewer instances reached beside controls says too little of it. */
const FEWEST_OF_AGE = 3;
/** Blocks before treatment that are held against what came before them. */
const JUST_BEFORE = 8;
/** See `fixedEffectsFit`: more groups say little more of a variance. */
const MOST_GROUPS = 24;
const PROFILE_LEVEL = 0.95;

/**
 * Event study with staggered treatment: every treated row against what clean rows (not yet, never treated) say it would have
 * been, stacked by time since treatment (Callaway & Sant'Anna 2021; imputed after Borusyak, Jaravel & Spiess 2024), in ages
 * that double: 0, 1, 2–3, 4–7, … Unbiased for effects that grow or fade, by leave-one-out over instances. Null where fewer
 * than three instances were treated beside two clean ones, or another column cannot be told apart there.
 */
export function stackedEventStudy(input: EventStudyInput): EventStudy | null {
  const residuals = residualsWithout(input, null, -1);
  if (residuals === null) return null;
  const isUsed = usableRows(input, residuals);
  const { ageOf, ages } = ageGroups(input, isUsed);
  if (ages.length === 0) return null;
  const groups = groupsOf(input.instance);
  const replicates = Array.from({ length: groups.count }, (_, left) => residualsWithout(input, groups.of, left));
  const jackknife = (weighing: Weighing): JackknifedEffect => {
    const estimate = weighedMean(residuals, weighing);
    const others = replicates.map((one) => (one === null ? Number.NaN : weighedMean(one, weighing)));
    return { estimate, variance: jackknifeVariance(estimate, others), degreesOfFreedom: degrees(input, weighing) };
  };
  const where = (holds: (row: number) => boolean): Weighing => ({
    partOf: ageOf.map((_, row) => (isUsed[row] === 1 && holds(row) ? 0 : -1)),
    weights: input.weights,
    shares: ONE_PART,
  });
  const usedAges = ageOf.map((age, row) => (isUsed[row] === 1 ? age : -1));
  return {
    after: jackknife({ partOf: usedAges, weights: input.weights, shares: sharesOfAges(input, ageOf, ages.length) }),
    any: jackknife({ ...where((row) => ageOf[row]! >= 0), weights: precisions(input) }),
    before: jackknife(where((row) => input.age[row]! < 0 && input.age[row]! >= -JUST_BEFORE)),
    profile: ages.map(({ from, instances }, age) => ({
      from,
      instances,
      effect: intervalOfEffect(jackknife(where((row) => ageOf[row] === age)), PROFILE_LEVEL),
    })),
    treated: new Set(input.instance.filter((_, row) => usedAges[row]! >= 0)).size,
    ...stackedByAge(input, residuals, isUsed),
  };
}

/** Student interval; without bounds where leaving an instance out leaves nothing to compare. */
export function intervalOfEffect({ estimate, variance, degreesOfFreedom }: JackknifedEffect, level: number): Interval {
  const reach = studentQuantile((1 + level) / 2, degreesOfFreedom) * Math.sqrt(variance);
  if (!Number.isFinite(reach)) return { estimate, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  return { estimate, low: estimate - reach, high: estimate + reach };
}

/** NaN on the rows of the group left out. */
function residualsWithout(input: EventStudyInput, groups: Int32Array | null, left: number): Float64Array | null {
  const isClean = Uint8Array.from(input.age, (age) => (age < 0 ? 1 : 0));
  const weights = input.weights.map((weight, row) => (groups?.[row] === left ? 0 : weight));
  const residuals = untreatedResiduals({ ...input, weights, isClean });
  return residuals?.map((residual, row) => (weights[row]! > 0 ? residual : Number.NaN)) ?? null;
}

/** Treated rows and those before treatment whose time enough clean instances share. */
function usableRows({ time, instance, age, weights }: EventStudyInput, residuals: Float64Array): Uint8Array {
  const clean = new Map<number, Set<number>>();
  age.forEach((one, row) => {
    if (one < 0 && weights[row]! > 0) clean.set(time[row]!, (clean.get(time[row]!) ?? new Set()).add(instance[row]!));
  });
  return Uint8Array.from(age, (one, row) => {
    const controls = (clean.get(time[row]!)?.size ?? 0) - (one < 0 ? 1 : 0);
    const isMeant = one > Number.NEGATIVE_INFINITY && weights[row]! > 0 && !Number.isNaN(residuals[row]!);
    return isMeant && controls >= FEWEST_CONTROLS ? 1 : 0;
  });
}

/** Treated rows by age: groups that double, each joined with a neighbour where too few instances reached it. */
function ageGroups({ age, instance, weights }: EventStudyInput, isUsed: Uint8Array) {
  const reached: Set<number>[] = [];
  const doubling = Int32Array.from(age, (one) => (one < 0 ? -1 : Math.floor(Math.log2(one + 1))));
  doubling.forEach((group, row) => {
    if (group < 0 || isUsed[row] === 0) return;
    while (reached.length <= group) reached.push(new Set());
    reached[group]!.add(instance[row]!);
  });
  const starts = reached.flatMap((instances, group) => (instances.size >= FEWEST_OF_AGE ? [group] : []));
  const groupOf = (group: number): number =>
    Math.max(
      0,
      starts.findLastIndex((start) => start <= group),
    );
  const ageOf = doubling.map((group, row) => (group < 0 || weights[row] === 0 ? -1 : groupOf(group)));
  const ages = starts.map((start) => ({ from: 2 ** start - 1, instances: reached[start]!.size }));
  return { ageOf, ages };
}

/** Of all treated requests, whether controls ran beside them or not. */
function sharesOfAges({ weights }: EventStudyInput, ageOf: Int32Array, count: number): Float64Array {
  const shares = new Float64Array(count);
  let all = 0;
  ageOf.forEach((age, row) => {
    if (age < 0) return;
    shares[age]! += weights[row]!;
    all += weights[row]!;
  });
  return shares.map((share) => share / all);
}

/**
 * Requests × share of clean ones among those of the time: the least variance for an effect that stays (Mantel & Haenszel's
 * weights; those of a stacked regression, Wing, Freedman & Hollingsworth 2024).
 */
function precisions({ weights, time, age }: EventStudyInput): Float64Array {
  const treated = new Map<number, number>();
  const clean = new Map<number, number>();
  age.forEach((one, row) => {
    const sums = one < 0 ? clean : treated;
    sums.set(time[row]!, (sums.get(time[row]!) ?? 0) + weights[row]!);
  });
  return weights.map((weight, row) => {
    const controls = clean.get(time[row]!) ?? 0;
    return age[row]! < 0 || controls === 0 ? 0 : (weight * controls) / (controls + treated.get(time[row]!)!);
  });
}

/** Σ share of a part × weighted mean of its rows; rows of part −1 are in none. */
interface Weighing {
  readonly partOf: Int32Array;
  readonly weights: Float64Array;
  readonly shares: Float64Array;
}

const ONE_PART = Float64Array.of(1);

function weighedMean(residuals: Float64Array, { partOf, weights, shares }: Weighing): number {
  const sums = new Float64Array(shares.length);
  const totals = new Float64Array(shares.length);
  residuals.forEach((residual, row) => {
    const part = partOf[row]!;
    if (part < 0 || Number.isNaN(residual)) return;
    sums[part]! += weights[row]! * residual;
    totals[part]! += weights[row]!;
  });
  return shares.reduce((mean, share, part) => mean + (share * sums[part]!) / totals[part]!, 0);
}

function jackknifeVariance(estimate: number, replicates: readonly number[]): number {
  const count = replicates.length;
  const squares = replicates.reduce((sum, one) => sum + (one - estimate) ** 2, 0);
  return count < 2 ? Number.NaN : ((count - 1) / count) * squares;
}

/**
 * Effective instances less one, (Σl)²/Σl² of Carter, Schnepel & Steigerwald (2017): l is what the rows of an instance, its own
 * and those it lends as a control, add to the variance of an estimate whose rows vary as 1/requests.
 */
function degrees({ time, instance, age, weights }: EventStudyInput, { partOf, ...weighing }: Weighing): number {
  const totals = new Float64Array(weighing.shares.length);
  partOf.forEach((part, row) => {
    if (part >= 0) totals[part]! += weighing.weights[row]!;
  });
  const ofTime = new Float64Array(groupCount(time));
  const controls = new Float64Array(ofTime.length);
  age.forEach((one, row) => {
    if (one < 0) controls[time[row]!]! += weights[row]!;
  });
  const own = Float64Array.from(partOf, (part, row) => {
    if (part < 0 || totals[part] === 0) return 0;
    const coefficient = (weighing.shares[part]! * weighing.weights[row]!) / totals[part]!;
    ofTime[time[row]!]! += coefficient;
    return coefficient;
  });
  const leverages = new Float64Array(groupCount(instance));
  own.forEach((coefficient, row) => {
    if (!(weights[row]! > 0)) return;
    const lent = age[row]! < 0 ? (ofTime[time[row]!]! * weights[row]!) / controls[time[row]!]! : 0;
    leverages[instance[row]!]! += (coefficient - lent) ** 2 / weights[row]!;
  });
  const sum = leverages.reduce((all, one) => all + one, 0);
  const squares = leverages.reduce((all, one) => all + one ** 2, 0);
  return squares > 0 ? Math.max(1, sum ** 2 / squares - 1) : 1;
}

function groupCount(group: Int32Array): number {
  return group.reduce((most, one) => Math.max(most, one + 1), 0);
}

/** Instances in as many groups as there may be, neighbours together. */
function groupsOf(instance: Int32Array): { of: Int32Array; count: number } {
  const instances = groupCount(instance);
  const count = Math.min(instances, MOST_GROUPS);
  return { of: instance.map((one) => Math.floor((one * count) / instances)), count };
}

function stackedByAge({ age, weights }: EventStudyInput, residuals: Float64Array, isUsed: Uint8Array) {
  const used = [...age.keys()].filter((row) => isUsed[row] === 1);
  const firstAge = used.reduce((least, row) => Math.min(least, age[row]!), 0);
  const last = used.reduce((most, row) => Math.max(most, age[row]!), 0);
  const sums = new Float64Array(last - firstAge + 1);
  const requests = new Float64Array(last - firstAge + 1);
  for (const row of used) {
    sums[age[row]! - firstAge]! += weights[row]! * residuals[row]!;
    requests[age[row]! - firstAge]! += weights[row]!;
  }
  return { firstAge, stacked: sums.map((sum, one) => sum / requests[one]!), requests };
}

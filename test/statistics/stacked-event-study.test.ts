import { describe, expect, it } from 'vitest';
import { fixedEffectsFit, intervalOf } from '../../src/statistics/fixed-effects-fit.ts';
import { untreatedResiduals } from '../../src/statistics/impute-untreated.ts';
import {
  type EventStudy,
  type EventStudyInput,
  intervalOfEffect,
  stackedEventStudy,
} from '../../src/statistics/stacked-event-study.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';

interface Fleet {
  readonly instances: number;
  readonly blocks: number;
  /** Instance → block from which it is treated; Infinity: never. */
  readonly from: (instance: number) => number;
  readonly effect: (age: number) => number;
  readonly noise: number;
  /** Requests a row are spread by this factor. */
  readonly uneven?: number;
}

/** One instance every four blocks from block 20 on; two never. */
const WALK: Fleet = {
  instances: 10,
  blocks: 60,
  from: (instance) => (instance < 8 ? 20 + 4 * instance : Number.POSITIVE_INFINITY),
  effect: () => 0,
  noise: 0.3,
};
const growing = (age: number): number => 0.05 * (age + 1);

/** Instances differ, blocks differ, and what is done to an instance depends on how long it has been there. */
function fleet(world: Fleet, random: SeededRandom): EventStudyInput {
  const { instances, blocks, from, effect, noise, uneven = 1 } = world;
  const rows = instances * blocks;
  const instance = Int32Array.from({ length: rows }, (_, row) => row % instances);
  const time = Int32Array.from({ length: rows }, (_, row) => Math.floor(row / instances));
  const ofInstance = Array.from({ length: instances }, () => random.normal());
  const ofBlock = Array.from({ length: blocks }, () => random.normal());
  const age = Float64Array.from(instance, (one, row) => time[row]! - from(one));
  const weights = Float64Array.from(instance, (one) => 100 * (one % 2 === 0 ? 1 : uneven));
  const response = Float64Array.from(
    instance,
    (one, row) =>
      ofInstance[one]! +
      ofBlock[time[row]!]! +
      (age[row]! >= 0 ? effect(age[row]!) : 0) +
      (noise * random.normal()) / Math.sqrt(weights[row]! / 100),
  );
  return { response, weights, unit: instance, time, instance, age, covariates: [] };
}

function study(input: EventStudyInput): EventStudy {
  const found = stackedEventStudy(input);
  if (found === null) throw new Error('nothing was told');
  return found;
}

/** Mean over all treated rows, which is what `after` is of. */
function truth({ age, weights }: EventStudyInput, effect: (age: number) => number): number {
  let [sum, all] = [0, 0];
  age.forEach((one, row) => {
    if (one < 0) return;
    sum += weights[row]! * effect(one);
    all += weights[row]!;
  });
  return sum / all;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const DRAWS = 300;
/** Three standard errors of a share of 0.95 over as many draws. */
const SLACK = 3 * Math.sqrt((0.95 * 0.05) / DRAWS);

describe('an event study stacked by the time of each instance', () => {
  it('tells a treated row as least squares with a dummy for each treated row does (Borusyak, Jaravel & Spiess 2024)', () => {
    const input = fleet(
      { ...WALK, instances: 4, blocks: 8, from: (one) => [3, 5, 6, 99][one]!, uneven: 3 },
      seededRandom(5),
    );
    const isClean = Uint8Array.from(input.age, (age) => (age < 0 ? 1 : 0));
    const treated = [...input.age.keys()].filter((row) => isClean[row] === 0);
    const residuals = untreatedResiduals({ ...input, isClean })!;
    const saturated = fixedEffectsFit({
      columns: treated.map((row) => Float64Array.from(input.age, (_, other) => (other === row ? 1 : 0))),
      response: input.response,
      weights: input.weights,
      groupings: [input.time, input.unit],
      cluster: input.instance,
    });
    treated.forEach((row, column) => {
      expect(residuals[row]).toBeCloseTo(saturated.coefficients[column]!, 8);
    });
  });

  it('is the difference of differences of means where all were treated at once', () => {
    const input = fleet({ ...WALK, from: (one) => (one < 5 ? 30 : Number.POSITIVE_INFINITY) }, seededRandom(7));
    const level = (isTreated: boolean, isPost: boolean): number =>
      mean(
        [...input.response].filter(
          (_, row) => input.instance[row]! < 5 === isTreated && input.time[row]! >= 30 === isPost,
        ),
      );
    const expected = level(true, true) - level(true, false) - (level(false, true) - level(false, false));
    expect(study(input).after.estimate).toBeCloseTo(expected, 8);
    expect(study(input).any.estimate).toBeCloseTo(expected, 8);
  });

  it('finds effects of any course by age exactly where nothing else is at work', () => {
    const found = study(fleet({ ...WALK, effect: growing, noise: 0 }, seededRandom(2)));
    const [first, second, third] = found.profile;
    expect(first).toMatchObject({ from: 0, instances: 8 });
    expect(first!.effect.estimate).toBeCloseTo(growing(0), 8);
    expect(second!.effect.estimate).toBeCloseTo((growing(1) + growing(2)) / 2, 8);
    expect(third!.effect.estimate).toBeCloseTo((growing(3) + growing(4) + growing(5) + growing(6)) / 4, 8);
    expect(found.before.estimate).toBeCloseTo(0, 8);
    expect(found.stacked[-found.firstAge + 5]).toBeCloseTo(growing(5), 8);
  });

  it('covers nothing, before and after, in 95 of 100 fleets in which nothing was done', () => {
    const random = seededRandom(11);
    const covered = { before: 0, after: 0, any: 0 };
    for (let draw = 0; draw < DRAWS; draw++) {
      const found = study(fleet(WALK, random));
      for (const name of ['before', 'after', 'any'] as const) {
        const { low, high } = intervalOfEffect(found[name], 0.95);
        if (low <= 0 && high >= 0) covered[name]++;
      }
    }
    expect(covered.any / DRAWS).toBeGreaterThan(0.95 - SLACK);
    expect(covered.after / DRAWS).toBeGreaterThan(0.95 - SLACK);
    expect(covered.before / DRAWS).toBeGreaterThan(0.95 - SLACK);
    expect(covered.any / DRAWS).toBeLessThan(1);
  });

  it('covers a growing effect in 95 of 100 fleets, which block and instance effects at once miss', () => {
    const random = seededRandom(13);
    const estimates: number[] = [];
    const atOnce: number[] = [];
    let [covered, coveredAtOnce, expected] = [0, 0, 0];
    for (let draw = 0; draw < DRAWS; draw++) {
      const input = fleet({ ...WALK, effect: growing }, random);
      expected = truth(input, growing);
      const { after } = study(input);
      const { low, high } = intervalOfEffect(after, 0.95);
      estimates.push(after.estimate);
      if (low <= expected && high >= expected) covered++;
      if (draw >= 60) continue;
      const twoWay = fixedEffectsFit({
        columns: [input.age.map((age) => (age >= 0 ? 1 : 0))],
        response: input.response,
        weights: input.weights,
        groupings: [input.time, input.unit],
        cluster: input.instance,
      });
      const interval = intervalOf(twoWay, new Map([[0, 1]]), 0.95);
      atOnce.push(interval.estimate);
      if (interval.low <= expected && interval.high >= expected) coveredAtOnce++;
    }
    expect(Math.abs(mean(estimates) / expected - 1)).toBeLessThan(0.02);
    expect(covered / DRAWS).toBeGreaterThan(0.95 - SLACK);
    expect(mean(atOnce) / expected).toBeLessThan(0.75);
    expect(coveredAtOnce / atOnce.length).toBeLessThan(0.5);
  });

  it('covers with instances of unequal traffic', () => {
    const random = seededRandom(17);
    let covered = 0;
    for (let draw = 0; draw < DRAWS; draw++) {
      const input = fleet({ ...WALK, effect: growing, uneven: 5 }, random);
      const { low, high } = intervalOfEffect(study(input).after, 0.95);
      const expected = truth(input, growing);
      if (low <= expected && high >= expected) covered++;
    }
    expect(covered / DRAWS).toBeGreaterThan(0.95 - SLACK);
  });

  it('is the same in any order of rows and names of instances', () => {
    const input = fleet({ ...WALK, effect: growing }, seededRandom(19));
    const order = [...input.age.keys()].reverse();
    const renamed = order.map((row) => (input.instance[row]! * 7 + 3) % 10);
    const pick = (values: Float64Array): Float64Array => Float64Array.from(order, (row) => values[row]!);
    const [here, there] = [
      study(input),
      study({
        response: pick(input.response),
        weights: pick(input.weights),
        age: pick(input.age),
        time: Int32Array.from(order, (row) => input.time[row]!),
        unit: Int32Array.from(renamed),
        instance: Int32Array.from(renamed),
        covariates: [],
      }),
    ];
    for (const name of ['after', 'any', 'before'] as const) {
      expect(there[name].estimate).toBeCloseTo(here[name].estimate, 8);
      expect(there[name].variance).toBeCloseTo(here[name].variance, 8);
      expect(there[name].degreesOfFreedom).toBeCloseTo(here[name].degreesOfFreedom, 6);
    }
  });

  it('speaks in the unit of the response, whatever the unit of requests', () => {
    const input = fleet({ ...WALK, effect: growing }, seededRandom(23));
    const { after } = study(input);
    const inMilliseconds = study({
      ...input,
      response: input.response.map((value) => 1000 * value),
      weights: input.weights.map((weight) => weight / 60),
    });
    expect(inMilliseconds.after.estimate).toBeCloseTo(1000 * after.estimate, 6);
    expect(Math.sqrt(inMilliseconds.after.variance)).toBeCloseTo(1000 * Math.sqrt(after.variance), 6);
  });

  it('takes off what another change did, learned where this one had not come', () => {
    const input = fleet({ ...WALK, effect: growing, noise: 0 }, seededRandom(29));
    const other = Float64Array.from(input.instance, (one, row) => (one % 2 === 0 && input.time[row]! >= 18 ? 1 : 0));
    const response = input.response.map((value, row) => value + 5 * other[row]!);
    const expected = study(input).after.estimate;
    expect(study({ ...input, response, covariates: [other] }).after.estimate).toBeCloseTo(expected, 8);
    const ofAll = input.time.map((time) => (time >= 40 ? 1 : 0));
    const everywhere = study({ ...input, covariates: [Float64Array.from(ofAll)] });
    expect(everywhere.after.estimate).toBeCloseTo(expected, 8);
  });

  it('says nothing where another change acted only on what was treated', () => {
    const input = fleet({ ...WALK, effect: growing }, seededRandom(31));
    const only = Float64Array.from(input.age, (age, row) => (age >= 0 && input.instance[row]! < 3 ? 1 : 0));
    expect(stackedEventStudy({ ...input, covariates: [only] })).toBeNull();
  });

  it('says nothing where too few instances ran untreated beside it', () => {
    const atOnce = fleet({ ...WALK, from: () => 30 }, seededRandom(37));
    expect(stackedEventStudy(atOnce)).toBeNull();
    const oneLeft = fleet({ ...WALK, from: (one) => (one < 9 ? 30 : Number.POSITIVE_INFINITY) }, seededRandom(37));
    expect(stackedEventStudy(oneLeft)).toBeNull();
    const oneTreated = fleet({ ...WALK, from: (one) => (one < 1 ? 30 : Number.POSITIVE_INFINITY) }, seededRandom(37));
    expect(stackedEventStudy(oneTreated)).toBeNull();
  });
});

import { FLAG_PREFIX, type FlagEvaluationSeries } from '../../domain/cells.ts';
import { evaluationDose } from './evaluation-dose.ts';
import { exposureRuleOf, type SharesMet } from './exposure.ts';

/** Reads a change's own rule off the evaluations, as it would be read off the attributes of the traffic. */
export function countedShares(evaluations: readonly FlagEvaluationSeries[]): SharesMet {
  const courses = new Map<string, ShareCourse | null>();
  return {
    shareOf(change, { service, instance }, block) {
      const rule = exposureRuleOf(change);
      if (rule === null || !rule.attribute.startsWith(FLAG_PREFIX)) return null;
      const name = JSON.stringify([service, instance, rule.attribute, rule.value]);
      let course = courses.get(name);
      if (course === undefined) {
        const flag = rule.attribute.slice(FLAG_PREFIX.length);
        course = courseOf(evaluationDose(evaluations, service, instance, flag, rule.value));
        courses.set(name, course);
      }
      return course === null ? null : shareAround(course, block);
    },
  };
}

/** Blocks with evaluations, in order, with their shares. */
interface ShareCourse {
  readonly blocks: Int32Array;
  readonly shares: Float64Array;
  /** How far a block speaks for others. */
  readonly reach: number;
}

/** A counter that is exported every n blocks has all its counts in the middle one, which speaks for n / 2 on either side. */
function courseOf(dose: ReadonlyMap<number, number>): ShareCourse | null {
  if (dose.size === 0) return null;
  const blocks = Int32Array.from(dose.keys());
  const gaps = blocks.slice(1).map((block, i) => block - blocks[i]!);
  const usual = gaps.sort()[gaps.length >> 1] ?? 1;
  return { blocks, shares: Float64Array.from(dose.values()), reach: Math.floor(usual / 2) };
}

/** The share of the nearest block within reach, the earlier of two; null where there is none. */
function shareAround({ blocks, shares, reach }: ShareCourse, block: number): number | null {
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (blocks[middle]! < block) low = middle + 1;
    else high = middle;
  }
  const after = low < blocks.length ? blocks[low]! - block : Number.POSITIVE_INFINITY;
  const before = low > 0 ? block - blocks[low - 1]! : Number.POSITIVE_INFINITY;
  if (Math.min(before, after) > reach) return null;
  return shares[before <= after ? low - 1 : low]!;
}

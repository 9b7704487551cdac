import { compareTexts } from '../../domain/text-order.ts';
import type { Interval } from '../../statistics/mover.ts';
import { named } from '../comparison-name.ts';
import { FEWEST_HOSTS } from '../designs/design.ts';
import { NEITHER, type Phases, phaseOf } from '../phases.ts';
import { placeByBlock } from '../sampling/placing.ts';
import type { Beside } from './beside.ts';
import { EQUIVALENCE } from './contrast.ts';
import { responseShift } from './remainder.ts';
import { NEGLIGIBLE_SHARE } from './share-levels.ts';
import type { Testimony } from './standing.ts';
import { plainly } from './statement.ts';

/** No more of the instances than this are set aside. */
const MOST_ASIDE = 0.25;

/**
 * A change that many instances met, while only a few of them got worse: what those few have of their own is the likelier
 * cause, and being together in time says nothing against the change. Null where the rest got worse too.
 */
export function fewInstances(beside: Beside, number: number, phases: Phases): Testimony | null {
  const { finding, response, total } = beside;
  const exposure = beside.exposures[number]!;
  if (response === null || total === null || exposure.sight !== 'visible') return null;
  const { series } = finding.subject;
  const met = new Set(
    series.flatMap(({ key }, i) => (exposure.exposed[i] && key.instance !== null ? [key.instance] : [])),
  );
  if (met.size < FEWEST_HOSTS) return null;
  const shiftOf = (holds: (instance: string | null) => boolean): Interval | null => {
    const sample = placeByBlock(series, (index, block) =>
      holds(series[index]!.key.instance) ? phaseOf(phases, block) : NEITHER,
    );
    return responseShift({ ...sample, strata: finding.design.sample.strata }, response, EQUIVALENCE);
  };
  const worst = [...met]
    .map((instance) => ({ instance, shift: (shiftOf((one) => one === instance)?.estimate ?? 0) / total.estimate }))
    .sort((a, b) => b.shift - a.shift || compareTexts(a.instance, b.instance));
  const aside = worst.slice(0, Math.floor(MOST_ASIDE * met.size)).map(({ instance }) => instance);
  const rest = aside.length === 0 ? null : shiftOf((one) => one !== null && met.has(one) && !aside.includes(one));
  if (rest === null) return null;
  const most = Math.max(rest.low / total.estimate, rest.high / total.estimate);
  if (!(most < NEGLIGIBLE_SHARE)) return null;
  const sentence = `${met.size - aside.length} of the ${met.size} instances that met it kept their old ${named(finding.comparison)}; only ${aside.join(' and ')} did not`;
  return { change: exposure.change, standing: 'open', share: null, statements: [plainly(sentence)] };
}

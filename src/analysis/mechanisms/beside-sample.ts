import { type Exposure, FEWEST_MIXED_BLOCKS } from '../exposure/exposure.ts';
import { BASELINE, NEITHER, type Phases, POST, phaseOf } from '../phases.ts';
import { placeByBlock } from '../sampling/placing.ts';
import type { Sample } from '../sampling/sample.ts';
import type { Subject } from '../subjects.ts';

/**
 * Traffic of post with a change (the post arm) against traffic without it in the same blocks, where both met the same of all
 * other changes that can be seen; of several such states the one with the most traffic on its thinner side. Null where the two
 * never ran side by side.
 */
export function besideSample(
  subject: Subject,
  exposure: Exposure,
  others: readonly Exposure[],
  phases: Phases,
): Sample | null {
  if (exposure.sight !== 'visible') return null;
  const states = subject.series.map((_, index) => others.map(({ exposed }) => (exposed[index] ? '1' : '0')).join(''));
  let best: { sides: Sides; state: string } | null = null;
  for (const state of [...new Set(states)].sort()) {
    const sides = sidesOf(subject, exposure, (index) => states[index] === state, phases);
    if (sides.blocks.size >= FEWEST_MIXED_BLOCKS && sides.thinner > (best?.sides.thinner ?? 0)) best = { sides, state };
  }
  if (best === null) return null;
  const { sides, state } = best;
  return placeByBlock(subject.series, (index, block) => {
    if (states[index] !== state || !sides.blocks.has(block)) return NEITHER;
    return exposure.exposed[index] ? POST : BASELINE;
  });
}

interface Sides {
  /** Blocks with both kinds of traffic. */
  readonly blocks: ReadonlySet<number>;
  /** Requests in them, on the side that has fewer. */
  readonly thinner: number;
}

function sidesOf(subject: Subject, exposure: Exposure, isMeant: (index: number) => boolean, phases: Phases): Sides {
  const requests = [new Map<number, number>(), new Map<number, number>()] as const;
  subject.series.forEach(({ block, count }, index) => {
    const ofSide = requests[exposure.exposed[index] ? 1 : 0];
    for (let row = 0; isMeant(index) && row < block.length; row++) {
      if (phaseOf(phases, block[row]!) !== POST || !(count[row]! > 0)) continue;
      ofSide.set(block[row]!, (ofSide.get(block[row]!) ?? 0) + count[row]!);
    }
  });
  const blocks = new Set([...requests[0].keys()].filter((block) => requests[1].has(block)));
  const [without, met] = requests.map((ofSide) => [...blocks].reduce((sum, block) => sum + ofSide.get(block)!, 0));
  return { blocks, thinner: Math.min(without!, met!) };
}

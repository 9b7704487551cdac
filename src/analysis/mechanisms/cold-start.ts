import { formatCount, formatPercent } from '../../domain/numbers.ts';
import { formatDuration } from '../../domain/times.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import { relativeEstimate } from '../estimating/estimate.ts';
import { quantileArms } from '../estimating/quantile-estimate.ts';
import { BASELINE, NEITHER, type Phases, POST, phaseOf } from '../phases.ts';
import { placeRows } from '../sampling/placing.ts';
import type { Sample } from '../sampling/sample.ts';
import type { Subject } from '../subjects.ts';
import { figureOf, figureSentence } from './figures.ts';
import { isLatency, type MechanismKind, type Signature, type Traffic } from './mechanism.ts';

/** Lengths of the head that may be cold, in blocks since an instance began. */
const HEADS = [1, 2, 4, 8] as const;
/** From this age on an instance is warm, and up to that one its time is still the same. */
const WARM_AGE = 16;
const OLDEST_AGE = 64;
/** Starts in fewer distinct blocks can all have met the same trouble. */
const FEWEST_STARTS = 3;
/** What is left after as long again, at most this part of the excess: a cold cache fills. */
const DECAYED_PART = 0.5;

const QUANTILES = [
  { p: 0.5, name: 'median latency' },
  { p: 0.9, name: '90th percentile of latency' },
] as const;
const TESTS = HEADS.length * QUANTILES.length;

/** Instances are slow in their first minutes, each after its own start, and then no more. */
export const coldStart: MechanismKind = {
  explains: isLatency,
  comparesArms: false,
  signatureOf(traffic) {
    const ages = new Ages(traffic.subject, traffic.phases);
    if (ages.starts < FEWEST_STARTS) return null;
    let clearest: ColdHead | null = null;
    for (const head of HEADS) {
      for (const quantile of QUANTILES) {
        const found = coldHead(ages, head, quantile, traffic);
        if (found !== null && found.low > (clearest?.low ?? 0)) clearest = found;
      }
    }
    return clearest === null ? null : clearest.signature;
  },
};

interface ColdHead {
  readonly low: number;
  readonly signature: Signature;
}

function coldHead(
  ages: Ages,
  head: number,
  { p, name }: (typeof QUANTILES)[number],
  { margins, phases }: Traffic,
): ColdHead | null {
  const young = quantileArms(ages.sample(0, head), p, null);
  if (!('arms' in young)) return null;
  const relative = relativeEstimate(young, margins.latency);
  const { low } = relative.effectAt(1 - (1 - CONFIDENCE) / TESTS);
  if (!(low > relative.riseMargin)) return null;
  const later = quantileArms(ages.sample(2 * head, 4 * head), p, null);
  if (!('arms' in later)) return null;
  const excess = relative.effectAt(0).estimate;
  const left = relativeEstimate(later, margins.latency).effectAt(0).estimate;
  if (!(left < DECAYED_PART * excess)) return null;
  const figure = figureOf(`${name} of instances that just started`, 's', young.arms);
  const span = formatDuration((head * phases.resolutionMs) / 1000);
  const arms = { baseline: 'once they had run for a while', post: `in the first ${span}` };
  return {
    low,
    signature: {
      manner: 'starting cold',
      sentences: [
        `${figureSentence(figure, arms)}, each of ${formatCount(ages.starts)} starts seen from its own beginning; after ${formatDuration((2 * head * phases.resolutionMs) / 1000)} ${formatPercent(Math.max(0, left) / excess)} of the excess was left`,
      ],
      figures: [figure],
    },
  };
}

/** Rows of post by the age of their instance; starts in one block are one cluster, since they share what happened then. */
class Ages {
  readonly #subject: Subject;
  readonly #phases: Phases;
  /** Per series: the block in which its instance began; NaN where that was not seen. */
  readonly #start: readonly number[];
  readonly starts: number;

  constructor(subject: Subject, phases: Phases) {
    this.#subject = subject;
    this.#phases = phases;
    const firstOf = new Map<string, number>();
    let first = Number.POSITIVE_INFINITY;
    for (const { key, block } of subject.series) {
      if (block.length === 0) continue;
      first = Math.min(first, block[0]!);
      firstOf.set(processOf(key), Math.min(firstOf.get(processOf(key)) ?? Number.POSITIVE_INFINITY, block[0]!));
    }
    this.#start = subject.series.map(({ key }) => {
      const start = firstOf.get(processOf(key)) ?? Number.NaN;
      return start > first && key.instance !== null ? start : Number.NaN;
    });
    const inPost = this.#start.filter((start) => phaseOf(phases, start) === POST);
    this.starts = new Set(inPost).size;
  }

  /** Post: rows of that age, from the first up to before the last. Baseline: the same instances, warm. */
  sample(from: number, to: number): Sample {
    return placeRows(
      this.#subject.series,
      (index, block) => {
        if (phaseOf(this.#phases, this.#start[index]!) !== POST || phaseOf(this.#phases, block) !== POST)
          return NEITHER;
        const age = block - this.#start[index]!;
        if (age >= from && age < to) return POST;
        return age >= WARM_AGE && age < OLDEST_AGE ? BASELINE : NEITHER;
      },
      (index) => this.#start[index]!,
      false,
    );
  }
}

/** A process: the same instance with another version has started anew. */
function processOf({ instance, version }: Subject['series'][number]['key']): string {
  return JSON.stringify([instance, version]);
}

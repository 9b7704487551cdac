import { formatCount } from '../../domain/numbers.ts';
import { formatQuantity } from '../../domain/quantities.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import { type ArmPair, differenceEstimate, estimateArms, relativeEstimate } from '../estimating/estimate.ts';
import { BASELINE, POST } from '../phases.ts';
import type { RowRatio, Sample } from '../sampling/sample.ts';
import { AttemptDurations, type Pile } from './failure-pile.ts';
import { figureOf } from './figures.ts';
import { type ArmNames, isLatency, isRetries, type MechanismKind, type Signature } from './mechanism.ts';

/** Timeouts closer to each other than this are the same one, met under another load. */
const SAME_TIMEOUT = 1.2;
/** So much of the failures has to move from one pile to the other. */
const PILE_MARGIN = 0.1;
/** Where only one side has a pile, half of the answers that used to come later are gone, or twice as many came back. */
const TRUNCATION_MARGIN = 1;

/** Attempts are given up after another time: their failures pile up there, and nothing outlasts it. */
export const timeout: MechanismKind = {
  explains: (indicator) => isLatency(indicator) || isRetries(indicator) || indicator === 'error_ratio',
  comparesArms: true,
  signatureOf({ sample, arms }) {
    const durations = AttemptDurations.of(sample);
    if (durations === null) return null;
    const [baseline, post] = [durations.pileOf(BASELINE), durations.pileOf(POST)];
    if (baseline !== null && post !== null) return movedPile(durations, baseline, post, arms);
    if (post !== null) return truncation(durations, post, 'lower', arms);
    return baseline === null ? null : truncation(durations, baseline, 'higher', arms);
  },
};

function movedPile(durations: AttemptDurations, baseline: Pile, post: Pile, arms: ArmNames): Signature | null {
  const factor = post.seconds / baseline.seconds;
  if (Math.max(factor, 1 / factor) < SAME_TIMEOUT) return null;
  const left = pairOf(durations.sample, durations.failedNear(baseline.seconds));
  const reached = pairOf(durations.sample, durations.failedNear(post.seconds));
  if (left === null || reached === null) return null;
  const margin = { relative: 0, floor: PILE_MARGIN };
  if (!(differenceEstimate(left, margin).effectAt(CONFIDENCE).high < -PILE_MARGIN)) return null;
  if (!(differenceEstimate(reached, margin).effectAt(CONFIDENCE).low > PILE_MARGIN)) return null;
  const [from, to] = [shown(baseline), shown(post)];
  return {
    manner: `giving attempts up ${factor < 1 ? 'sooner' : 'later'}`,
    sentences: [
      `${arms.post}, failed attempts pile up at ${to} (${formatCount(post.failures)} of them, and hardly any attempt lasts longer); ${arms.baseline}, at ${from}`,
    ],
    figures: [
      figureOf(`share of failed attempts that lasted ${to}`, '1', reached.arms),
      figureOf(`share of failed attempts that lasted ${from}`, '1', left.arms),
    ],
  };
}

/** One side has a pile that cuts answers off, which came later on the other side. */
function truncation(
  durations: AttemptDurations,
  pile: Pile,
  way: 'lower' | 'higher',
  arms: ArmNames,
): Signature | null {
  const answers = pairOf(durations.sample, durations.succeededBeyond(pile.seconds));
  if (answers === null) return null;
  const { low, high } = relativeEstimate(answers, TRUNCATION_MARGIN).effectAt(CONFIDENCE);
  const isCut = way === 'lower' ? high < -TRUNCATION_MARGIN / (1 + TRUNCATION_MARGIN) : low > TRUNCATION_MARGIN;
  if (!isCut) return null;
  const at = shown(pile);
  const figure = figureOf(`share of answers that took longer than ${at}`, '1', answers.arms);
  const [cut, free] = way === 'lower' ? [arms.post, arms.baseline] : [arms.baseline, arms.post];
  const beyond = formatQuantity(way === 'lower' ? figure.baseline : figure.post, {
    indicator: figure.name,
    unit: '1',
  });
  return {
    manner: `giving attempts up ${way === 'lower' ? 'sooner' : 'later'}`,
    sentences: [
      `${cut}, failed attempts pile up at ${at} and hardly any attempt lasts longer; ${free}, ${beyond} of the answers took longer`,
    ],
    figures: [figure],
  };
}

function pairOf(sample: Sample, ratio: RowRatio): ArmPair | null {
  const pair = estimateArms(sample, ratio, 'share');
  return 'arms' in pair ? pair : null;
}

function shown({ seconds }: Pile): string {
  return formatQuantity(seconds, { indicator: 'timeout', unit: 's' });
}

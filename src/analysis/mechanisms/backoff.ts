import { CONFIDENCE } from '../comparing/decision.ts';
import { type ArmPair, differenceEstimate, estimateArms, relativeEstimate } from '../estimating/estimate.ts';
import { quantileArms } from '../estimating/quantile-estimate.ts';
import type { Sample } from '../sampling/sample.ts';
import { madeAt, ratioOf, requests, statedDelays, statedRetries, waiting } from './attempt-ratios.ts';
import { figureOf, figureSentence } from './figures.ts';
import { isLatency, isRetries, type MechanismKind, type Signature, type Traffic } from './mechanism.ts';
import { observing } from './observed-sample.ts';

/** Clients jitter by up to a fifth (gRPC proposal A6): a smaller change of a delay is no other policy. */
const MARGIN = 0.2;
/** Timers are no more exact than this. */
const TIMER_SECONDS = 0.001;

/** Retries of one ordinal only: more failures bring more late retries, whose delays are longer under any backoff. */
const RETRIES = [
  { place: 0, name: 'first retry' },
  { place: 1, name: 'second retry' },
] as const;
const QUANTILES = [
  { p: 0.5, name: 'median delay' },
  { p: 0.9, name: '90th percentile of the delay' },
] as const;
const TESTS = RETRIES.length * QUANTILES.length;

/** Clients wait for another time before they repeat a call. */
export const backoff: MechanismKind = {
  explains: (indicator) => isLatency(indicator) || isRetries(indicator) || indicator === 'error_ratio',
  comparesArms: true,
  signatureOf(traffic) {
    const moves = RETRIES.flatMap((retry) => movesOf(traffic.sample, retry));
    return moves.length === 0 ? meanDelaySignature(traffic) : signatureOfMoves(traffic, moves);
  },
};

/**
 * Where only metrics tell: the mean over all retries. Late retries wait longer under any exponential backoff, so it is taken
 * for shorter only where calls are repeated no less often, for longer only where no more often.
 */
function meanDelaySignature({ sample: placed, arms, margins }: Traffic): Signature | null {
  const sample = { ...placed, strata: null };
  const delay = estimateArms(sample, ratioOf(statedDelays, statedRetries), 'any');
  const retries = estimateArms(sample, ratioOf(statedRetries, requests), 'positive');
  if (!('arms' in delay && 'arms' in retries)) return null;
  const relative = relativeEstimate(delay, MARGIN);
  const ratio = relative.effectAt(CONFIDENCE);
  const difference = differenceEstimate(delay, { relative: 0, floor: TIMER_SECONDS }).effectAt(CONFIDENCE);
  const often = relativeEstimate(retries, margins.retryRatio);
  const { low, high } = often.effectAt(CONFIDENCE);
  const isLonger = ratio.low > relative.riseMargin && difference.low > TIMER_SECONDS && high < often.riseMargin;
  const isShorter = ratio.high < -relative.fallMargin && difference.high < -TIMER_SECONDS && low > -often.fallMargin;
  if (!isLonger && !isShorter) return null;
  const figure = figureOf('mean delay before a retry', 's', delay.arms);
  return { manner: mannerOf(isLonger), sentences: [figureSentence(figure, arms)], figures: [figure] };
}

function mannerOf(isLonger: boolean): string {
  return `waiting ${isLonger ? 'longer' : 'shorter'} before calls are repeated`;
}

interface DelayMove {
  readonly name: string;
  readonly pair: ArmPair;
  readonly isLonger: boolean;
}

function movesOf(sample: Sample, retry: (typeof RETRIES)[number]): DelayMove[] {
  const delays = observing(sample, (detail) => detail.delays[retry.place]?.all ?? null);
  return QUANTILES.flatMap(({ p, name }): DelayMove[] => {
    const pair = quantileArms(delays, p, null);
    if (!('arms' in pair)) return [];
    const level = 1 - (1 - CONFIDENCE) / TESTS;
    const relative = relativeEstimate(pair, MARGIN);
    const ratio = relative.effectAt(level);
    const difference = differenceEstimate(pair, { relative: 0, floor: TIMER_SECONDS }).effectAt(level);
    const isLonger = ratio.low > relative.riseMargin && difference.low > TIMER_SECONDS;
    const isShorter = ratio.high < -relative.fallMargin && difference.high < -TIMER_SECONDS;
    return isLonger || isShorter ? [{ name: `${name} before the ${retry.name}`, pair, isLonger }] : [];
  });
}

/** The first move is the clearest to read: the median before the first retry, where that moved. */
function signatureOfMoves({ sample, arms }: Traffic, moves: readonly DelayMove[]): Signature {
  const [main] = moves as [DelayMove];
  const figures = moves.map(({ name, pair }) => figureOf(name, 's', pair.arms));
  const pause = estimateArms({ ...sample, strata: null }, ratioOf(waiting, madeAt(2)), 'any');
  if ('arms' in pause) figures.push(figureOf('time between the attempts of a repeated call', 's', pause.arms));
  return {
    manner: mannerOf(main.isLonger),
    sentences: figures.slice(0, 1).map((figure) => figureSentence(figure, arms)),
    figures,
  };
}

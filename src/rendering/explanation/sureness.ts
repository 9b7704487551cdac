import { counted, formatCount, formatNumber, formatPercent, formatProbability } from '../../domain/numbers.ts';
import { effectMagnitude } from '../../domain/quantities.ts';
import type { Comparison, Report } from '../../domain/report.ts';
import type { CalibrationWorking } from '../../domain/working.ts';
import { onsetSentence } from '../evidence.ts';

/** Share of false alarms among all alarms that the report accepts. */
export const FALSE_DISCOVERY_RATE = 0.05;

/** p against the margin, and q over everything that was tested. */
export function chanceSentences({ p, q }: Comparison, report: Report): string {
  if (p === null) return 'Not tested, since there is no interval.';
  const meaning =
    p >= 0.5
      ? 'the effect does not reach the margin, so nothing speaks for a move beyond it.'
      : 'how often chance would put the effect this far beyond the margin, if the true move were the margin.';
  const valid = report.inputs.reading === 'live' ? ' Valid however often it is looked at (confidence sequence).' : '';
  const stated = `p ${formatProbability(p)}: ${meaning}${valid}`;
  if (q === null) return `${stated} No q: it was not tested together with others.`;
  const tested = report.comparisons.filter((other) => other.q !== null).length;
  return `${stated} q ${formatProbability(q)}: p after allowing for the ${counted(tested, 'comparison')} tested together (weighted Benjamini-Hochberg); to count it must not exceed ${formatPercent(FALSE_DISCOVERY_RATE)}.`;
}

/** What quiet windows of the past said. */
export function pastSentences({ working, method }: Comparison): string {
  if (working === null) return 'Not asked: there is no estimate to try on it.';
  const { calibration, confidence } = working;
  if (calibration === null) {
    return method === 'concurrent' || method === 'difference-in-differences'
      ? 'Not asked: both sides ran at the same time, which takes the place of the past.'
      : 'Not asked: the baseline does not hold eight quiet windows to try it on.';
  }
  const { windows, inflation, false_alarms_before: before, false_alarms_after: after } = calibration;
  const expected = formatNumber(windows * (1 - confidence), 2);
  const variance =
    inflation > 1
      ? `Between them the variance is ${formatNumber(inflation)} times that of independent blocks, and is taken so.`
      : `Between them the variance is ${formatNumber(inflation)} times that of independent blocks, so nothing was added.`;
  return `${counted(windows, 'quiet window')} of the baseline, each taken as if it had been the time after the upgrade: ${formatCount(before)} would have alarmed uncalibrated, ${formatCount(after)} calibrated; at ${formatPercent(confidence)} about ${expected} must be expected. ${variance}${rankSentence(calibration)}`;
}

/** Where the move stands among what quiet windows showed: a rank that no heavy tail can fool. */
function rankSentence({ windows, as_far: asFar }: CalibrationWorking): string {
  if (asFar === null) return '';
  const p = (1 + asFar) / (1 + windows);
  return ` ${formatCount(asFar)} of them lay as far from what was expected as the time after the upgrade: by rank alone p is ${formatProbability(p)}.`;
}

/** What power of 80 % adds to the reach of a 95 % interval: (1.960 + 0.842) / 1.960. */
const POWER_FACTOR = 1.43;

/** The smallest move that would have been seen, and how that follows from margin and interval. */
export function visibleSentences(comparison: Comparison): string {
  const { effect, working, better } = comparison;
  if (effect === null || working === null) return 'Not known: without an interval no move can be said to be visible.';
  const smallest = working.smallest_visible;
  if (smallest === null) return 'Not known: the interval has no end on the side a move would have to clear.';
  const write = effectMagnitude(effect.kind, comparison);
  const side = better === 'either' ? 'A move' : 'A move to the worse';
  const stated = `${side} of ${write(smallest)} or more would have been seen at least four times in five`;
  const reach = better === 'higher' ? effect.high - effect.estimate : effect.estimate - effect.low;
  const isSum = Math.abs(effect.margin + POWER_FACTOR * reach - smallest) <= 0.01 * smallest;
  if (!isSum) return `${stated}.`;
  return `${stated}: the margin and ${POWER_FACTOR} times the near reach of the interval, ${write(effect.margin)} + ${POWER_FACTOR} × ${write(reach)}.`;
}

export function sinceSentence({ onset, verdict }: Comparison): string {
  if (onset !== null) return `${onsetSentence(onset)}.`;
  return verdict === 'no-regression' || verdict === 'cannot-tell'
    ? 'Not dated: only what moved has a beginning.'
    : 'Not dated: no single step in time stands out.';
}

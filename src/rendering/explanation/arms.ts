import { counted, formatCount, formatNumber, formatPercent } from '../../domain/numbers.ts';
import { formatQuantity } from '../../domain/quantities.ts';
import type { Comparison, ComparisonMethod, InputWindow, Report } from '../../domain/report.ts';
import { formatRange } from '../../domain/times.ts';
import type { ArmWorking } from '../../domain/working.ts';
import { capitalised, methodWords } from '../wording.ts';

const SIDES: Readonly<Record<ComparisonMethod, string>> = {
  concurrent: 'traffic that met none of the changes against traffic that met them, in the same blocks of time',
  'difference-in-differences':
    'instances that met the changes, before against after, less what instances that met none did in the same time',
  matched: 'the same hours of earlier days or weeks against the time after the upgrade',
  'before-after': 'the time before the upgrade against the time after it',
};

/** What was compared with what, and what a cluster is. */
export function methodSentences({ method }: Comparison, { inputs }: Report): string {
  if (method === null) return 'No method applies: there was nothing to compare.';
  const { baseline, post } = inputs.windows;
  const sides = `${capitalised(methodWords({ method }))}: ${SIDES[method]}.`;
  const past = method === 'concurrent' || baseline.length === 0 ? '' : ` Before: ${baseline.map(range).join('; ')}.`;
  const present = post === null ? '' : ` After: ${range(post)}.`;
  const cluster = 'A cluster is a block of time or an instance; requests of one cluster are not independent.';
  return `${sides}${past}${present} ${cluster}`;
}

function range({ start, end }: InputWindow): string {
  return formatRange(start, end);
}

/** One arm: its value, how sure that is, and how many requests it is worth. `index`: 0 the baseline, 1 post. */
export function armSentences(comparison: Comparison, index: 0 | 1): string {
  const { working } = comparison;
  const amount = `${counted(comparison.requests[index], 'request')} in ${counted(comparison.clusters[index], 'cluster')}.`;
  if (working === null) {
    const value = formatQuantity(index === 0 ? comparison.baseline : comparison.post, comparison);
    return `${capitalised(value)}; ${amount} No interval, since nothing could be estimated.`;
  }
  const arm = index === 0 ? working.baseline : working.post;
  const quantity = (value: number) => formatQuantity(value, comparison);
  const interval = `${formatPercent(working.confidence)} interval ${quantity(arm.low)} to ${quantity(arm.high)}`;
  return `${quantity(arm.value)}, ${interval}. ${amount} ${independenceSentence(arm)}`;
}

function independenceSentence({ requests, design_effect: effect }: ArmWorking): string {
  if (effect === null)
    return 'No design effect: there is no spread between single requests to hold the clusters against.';
  const stated = `Design effect ${formatNumber(effect, 4)}`;
  if (!(effect > 1))
    return `${stated}, not above 1: clusters differ no more than single requests would, so each request counts in full.`;
  return `${stated}: they count as ${formatCount(requests)} / ${formatNumber(effect, 4)} = ${formatCount(requests / effect)} independent ones.`;
}

import { formatPercent } from '../domain/numbers.ts';
import { formatQuantity } from '../domain/quantities.ts';
import type { Comparison } from '../domain/report.ts';

/** Where a regression is worse than elsewhere, one phrase for each slice; `shown` makes a name fit to be shown. */
export function slicePhrases(
  comparison: Comparison,
  shown: (name: string) => string,
  plain: (text: string) => string = (text) => text,
): string[] {
  return comparison.slices.map(({ attribute, value, traffic, baseline, post, explains }) => {
    const levels = `${formatQuantity(baseline, comparison)} → ${formatQuantity(post, comparison)}`;
    const rest = ` explains ${formatPercent(explains)} with ${formatPercent(traffic)} of the traffic, ${levels}`;
    return `${shown(attribute)}${plain(' = ')}${shown(value)}${plain(rest)}`;
  });
}

import { counted, formatPercent } from '../domain/numbers.ts';
import type { Comparison, ShareInterval } from '../domain/report.ts';

/**
 * What the accused changes did of the move, in one sentence; null where none was told apart. `shown` makes a change's name
 * fit to be shown, `plain` whatever lies between names.
 */
export function sharesSentence(
  { shares }: Comparison,
  shown: (change: string) => string,
  plain: (text: string) => string = (text) => text,
): string | null {
  if (shares === null || shares.parts.length === 0) return null;
  const parts = shares.parts.map((part) => `${shown(part.change)}${plain(` explains ${shareWords(part)}`)}`);
  const mix = shares.mix === null ? '' : `, the mix of traffic ${shareWords(shares.mix)}`;
  const rest = `${mix}; ${shareWords(shares.unexplained)} is explained by none of them`;
  const others = shares.left_out === 0 ? '' : `, ${counted(shares.left_out, 'smaller cause')} included`;
  const single = shares.parts.length === 1 ? rest.replace('none of them', 'nothing that is accused') : rest;
  const added = shares.additive ? ' (not all combinations ran beside each other: effects are added up)' : '';
  return `${parts.join(plain(', '))}${plain(`${single}${others}${added}`)}`;
}

function shareWords({ estimate, low, high }: ShareInterval): string {
  return `${formatPercent(estimate)} (${formatPercent(low)} to ${formatPercent(high)})`;
}

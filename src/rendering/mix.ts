import { formatCount, formatPercent, withSign } from '../domain/numbers.ts';
import { effectMagnitude } from '../domain/quantities.ts';
import type { Comparison, Mix } from '../domain/report.ts';
import type { ComparisonGroups } from './overview.ts';

export const MIX_TITLE = 'What the mix of traffic moved';

/** Comparisons that stayed where they were or cannot be told, though their mix of traffic moved them beyond the margin. */
export function movedByMix(groups: ComparisonGroups): readonly Comparison[] {
  return [...groups['no-regression'], ...groups['cannot-tell']]
    .filter((comparison) => excessOf(comparison) > 1)
    .sort((left, right) => excessOf(right) - excessOf(left));
}

/** How many margins the mix, or traffic that one side lacks, moved it by. */
function excessOf({ mix, effect }: Comparison): number {
  if (mix === null || effect === null || !(effect.margin > 0)) return 0;
  const excess = Math.max(Math.abs(mix.mix), Math.abs(mix.new_or_vanished)) / effect.margin;
  return Number.isNaN(excess) ? 0 : excess;
}

/** As it came against at the same mix, in a few words; empty where no kinds of traffic are told apart. */
export function mixWords(comparison: Comparison): string {
  const { mix, effect } = comparison;
  if (mix === null || effect === null) return '';
  const amount = amountOf(comparison);
  return `${amount(mix.total)} as it came, ${amount(effect.estimate)} at the same mix (by ${mix.by.join(', ')})`;
}

/** The parts as a sum to repeat. */
export function mixSentences(comparison: Comparison): string {
  const { mix, effect } = comparison;
  if (mix === null || effect === null) return '';
  const amount = amountOf(comparison);
  const kinds = `${formatCount(mix.strata)} kinds of traffic (by ${mix.by.join(', ')})`;
  const sum = `${amount(mix.total)} as it came = ${amount(mix.within)} within ${kinds}, ${amount(mix.mix)} by their mix${outsideWords(mix, amount)}.`;
  const weights =
    effect.kind === 'relative'
      ? 'Each kind weighs as in the baseline.'
      : 'Each kind weighs as in the baseline; in this sum, as in the mean of both mixes (Kitagawa).';
  return `${sum} The values and the effect above are those within. ${weights}`;
}

function outsideWords(mix: Mix, amount: (part: number) => string): string {
  if (mix.new_share === 0 && mix.vanished_share === 0) return '';
  const shares = `${formatPercent(mix.vanished_share)} of the baseline, ${formatPercent(mix.new_share)} of post`;
  return `, ${amount(mix.new_or_vanished)} by kinds that one side lacks (${shares})`;
}

function amountOf(comparison: Comparison): (part: number) => string {
  const format = effectMagnitude(comparison.effect?.kind ?? 'relative', comparison);
  return (part) => withSign(part, format);
}

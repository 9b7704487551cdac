import { counted, formatPercent } from '../domain/numbers.ts';
import { formatQuantity } from '../domain/quantities.ts';
import type { Comparison, Slice, SlicesAlike, SliceValue } from '../domain/report.ts';

/** Names written out of those that were looked at. */
const MOST_NAMES = 4;

type Words = (text: string) => string;

/**
 * Where a regression is worse than elsewhere, one phrase for each pair of values and each value, or that it is everywhere
 * alike; `shown` makes a name fit to be shown, `plain` whatever lies between names.
 */
export function slicePhrases(comparison: Comparison, shown: Words, plain: Words = (text) => text): string[] {
  const { slices, slice_search: search } = comparison;
  const named = ({ attribute, value }: SliceValue): string => `${shown(attribute)}${plain(' = ')}${shown(value)}`;
  const pairs = (search?.pairs ?? []).map((pair) => {
    const both = pair.values.map(named).join(plain(' and '));
    return `${both}${plain(`, worse together than either alone,${sliceWords(pair, comparison)}`)}`;
  });
  const singles = slices.map((slice) => `${named(slice)}${plain(sliceWords(slice, comparison))}`);
  const alike = search?.alike ?? null;
  return [...pairs, ...singles, ...(alike === null ? [] : [alikeSentence(alike, shown, plain)])];
}

type Levels = Pick<Slice, 'traffic' | 'baseline' | 'post' | 'explains'>;

function sliceWords({ traffic, baseline, post, explains }: Levels, comparison: Comparison): string {
  const levels = `${formatQuantity(baseline, comparison)} → ${formatQuantity(post, comparison)}`;
  return ` explains ${partWords(explains)} with ${formatPercent(traffic)} of the traffic, ${levels}`;
}

/** What got worse by more than the whole did so against a rest that got better. */
function partWords(explains: number): string {
  return explains > 1 ? `all of it (${formatPercent(explains)}, since the rest got better)` : formatPercent(explains);
}

function alikeSentence(
  { values, attributes, untold, smallest_visible: least }: SlicesAlike,
  shown: Words,
  plain: Words,
) {
  const names = attributes.slice(0, MOST_NAMES).map(shown).join(plain(', '));
  const rest = attributes.length > MOST_NAMES ? ` and ${attributes.length - MOST_NAMES} more` : '';
  const thin = untold === 0 ? '' : `; ${counted(untold, 'more value')} had too little traffic to tell`;
  const claim = `everywhere alike: none of ${counted(values, 'value')} of `;
  const differ = `${rest} moved otherwise than the rest; a difference of ${formatPercent(least)} of the move would have shown at any of them${thin}`;
  return `${plain(claim)}${names}${plain(differ)}`;
}

import { formatPercent } from '../../domain/numbers.ts';
import type { Comparison } from '../../domain/report.ts';
import { VERDICTS } from '../wording.ts';
import { type Place, placeOf } from './margin.ts';
import { FALSE_DISCOVERY_RATE } from './sureness.ts';

/** The verdict as what follows from the steps before it. */
export function conclusionSentences(comparison: Comparison): string {
  const { verdict, needed } = comparison;
  const word = VERDICTS[verdict].word;
  const wanted = needed === null ? '' : ` Needed: ${needed}`;
  return `${reasonOf(comparison)}: ${word}.${wanted}`;
}

function reasonOf(comparison: Comparison): string {
  const { effect, better, verdict } = comparison;
  if (effect === null) return 'Without an interval nothing is claimed';
  const place = placeOf(effect, better);
  const sure = `q is ${isSure(comparison) ? 'at most' : 'above'} ${formatPercent(FALSE_DISCOVERY_RATE)}`;
  switch (verdict) {
    case 'regressed':
    case 'shifted':
      return `${placeWords(place, better)} and ${sure}`;
    case 'improved':
      return `The interval lies wholly on the better side, beyond the margin there, and ${sure}`;
    case 'transient':
      return `${isSure(comparison) ? `It moved beyond the margin and ${sure}` : 'It moved'}, but it did not last: its latest blocks are back at the old level`;
    case 'no-regression':
      return `${placeWords(place, better)}, so a move beyond the margin is ruled out`;
    case 'cannot-tell':
      return place === 'beyond'
        ? `${placeWords(place, better)}, but ${sure}: among so many comparisons chance could do that`
        : `${placeWords(place, better)}, so neither a move beyond the margin nor its absence is shown`;
  }
}

function isSure({ q }: Comparison): boolean {
  return q !== null && q <= FALSE_DISCOVERY_RATE;
}

function placeWords(place: Place, better: Comparison['better']): string {
  if (place === 'across') return 'The interval lies on both sides of the margin';
  if (better === 'either') return `The interval lies wholly ${place === 'beyond' ? 'beyond' : 'within'} the margins`;
  const isAbove = (place === 'beyond') === (better === 'lower');
  return `The interval lies wholly ${isAbove ? 'above' : 'below'} the margin`;
}

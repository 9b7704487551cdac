import { formatPercent } from '../../domain/numbers.ts';
import { effectMagnitude } from '../../domain/quantities.ts';
import type { Comparison, Effect } from '../../domain/report.ts';
import type { Better } from '../../domain/upgrade.ts';

/** Where the interval lies, seen from the margin on the worse side (on either side, where neither is worse). */
export type Place = 'beyond' | 'short' | 'across';

export function placeOf({ low, high, margin, kind }: Effect, better: Better): Place {
  const [risen, notRisen] = [low > margin, high < margin];
  if (better === 'lower') return risen ? 'beyond' : notRisen ? 'short' : 'across';
  const below = better === 'higher' ? margin : undone({ kind, margin });
  const [fallen, notFallen] = [high < -below, low > -below];
  if (better === 'higher') return fallen ? 'beyond' : notFallen ? 'short' : 'across';
  return risen || fallen ? 'beyond' : notRisen && notFallen ? 'short' : 'across';
}

/** The move that undoes one of the margin: +5% is undone by −4.76%. */
function undone({ kind, margin }: Pick<Effect, 'kind' | 'margin'>): number {
  return kind === 'relative' ? margin / (1 + margin) : margin;
}

/** The margin as a line, and where the interval lies from it. */
export function marginSentences(comparison: Comparison): string {
  const { effect, better } = comparison;
  if (effect === null) return 'Not asked: there is no interval to hold against it.';
  const write = effectMagnitude(effect.kind, comparison);
  const place = placeOf(effect, better);
  if (better === 'either') {
    const lines = `+${write(effect.margin)} and −${write(undone(effect))}`;
    return `Neither direction is worse, so there are two lines: ${lines}. ${EITHER_WORDS[place]}`;
  }
  const line = `${better === 'lower' ? '+' : '−'}${write(effect.margin)}`;
  const direction = better === 'lower' ? 'Higher is worse' : 'Lower is worse';
  const lies = WORDS[place](line, better === 'lower' ? ['above', 'below'] : ['below', 'above']);
  return `${direction}, and it counts from ${line}. ${lies}${betterSide(effect, better)}`;
}

const WORDS: Readonly<Record<Place, (line: string, sides: readonly [string, string]) => string>> = {
  beyond: (line, [worse]) => `The interval lies wholly ${worse} ${line}.`,
  short: (line, [, better]) => `The interval lies wholly ${better} ${line}.`,
  across: (line) => `The interval has ${line} inside it.`,
};

const EITHER_WORDS: Readonly<Record<Place, string>> = {
  beyond: 'The interval lies wholly beyond one of them.',
  short: 'The interval lies wholly between them.',
  across: 'The interval has one of them inside it.',
};

/** The line on the better side, where the effect points there. */
function betterSide({ kind, estimate, margin }: Effect, better: 'lower' | 'higher'): string {
  if (!(better === 'lower' ? estimate < 0 : estimate > 0)) return '';
  if (kind === 'absolute') return ' Better counts from a margin of the level after the upgrade.';
  const line =
    better === 'lower' ? `−${formatPercent(undone({ kind, margin }))}` : `+${formatPercent(margin / (1 - margin))}`;
  return ` Better counts from ${line}, which undoes the margin.`;
}

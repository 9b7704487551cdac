import { formatQuantity } from '../../domain/quantities.ts';
import type { Better, Change } from '../../domain/upgrade.ts';
import type { Interval } from '../../statistics/mover.ts';
import type { Finding } from '../comparing/comparing.ts';
import type { ComparingContext } from '../comparing/measuring.ts';
import { named, strength } from '../verdict.ts';
import { besideOf } from './beside.ts';
import { levelsBeside } from './contrast-table.ts';

const MOST_BENEFITS = 2;

/** What got better with a change: said beside its blame, since undoing it would undo this too. */
export function benefitSentences(change: Change, findings: readonly Finding[], context: ComparingContext): string[] {
  const improved = findings
    .filter(({ comparison }) => comparison.verdict === 'improved')
    .sort((left, right) => strength(right.comparison) - strength(left.comparison));
  const sentences: string[] = [];
  for (const finding of improved) {
    if (sentences.length === MOST_BENEFITS) break;
    sentences.push(...benefitSentence(change, finding, context, improved.length));
  }
  return sentences;
}

function benefitSentence(change: Change, finding: Finding, context: ComparingContext, claims: number): string[] {
  const { exposures, contrasts } = besideOf(finding, context, claims);
  const number = exposures.findIndex((exposure) => exposure.change === change);
  const contrast = contrasts[number] ?? null;
  if (contrast === null || !isBetter(contrast.strict, finding.indicator.better)) return [];
  const others = exposures.filter(({ sight }, index) => index !== number && sight === 'visible');
  const levels = levelsBeside(finding, exposures[number]!, others, context.phases);
  if (levels === null) return [];
  const { comparison } = finding;
  return [
    `it also made ${named(comparison)} better: ${formatQuantity(levels.post, comparison)} with it against ${formatQuantity(levels.baseline, comparison)} without; turning it off would undo that`,
  ];
}

function isBetter(difference: Interval, better: Better): boolean {
  return better === 'higher' ? difference.low > 0 : difference.high < 0;
}

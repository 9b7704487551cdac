import { formatQuantity } from '../../domain/quantities.ts';
import type { Better, Change } from '../../domain/upgrade.ts';
import type { Interval } from '../../statistics/mover.ts';
import type { Finding } from '../comparing/comparing.ts';
import type { ComparingContext } from '../comparing/measuring.ts';
import { named } from '../comparison-name.ts';
import { strength } from '../comparison-strength.ts';
import { besideOf } from './beside.ts';
import { levelsBeside } from './contrast-table.ts';
import type { Statement } from './statement.ts';

const MOST_BENEFITS = 2;

/** What got better with a change: said beside its blame, since undoing it would undo this too. */
export function benefitsOf(change: Change, findings: readonly Finding[], context: ComparingContext): Statement[] {
  const improved = findings
    .filter(({ comparison }) => comparison.verdict === 'improved')
    .sort((left, right) => strength(right.comparison) - strength(left.comparison));
  const statements: Statement[] = [];
  for (const finding of improved) {
    if (statements.length === MOST_BENEFITS) break;
    statements.push(...benefitOf(change, finding, context, improved.length));
  }
  return statements;
}

function benefitOf(change: Change, finding: Finding, context: ComparingContext, claims: number): Statement[] {
  const { exposures, contrasts } = besideOf(finding, context, claims);
  const number = exposures.findIndex((exposure) => exposure.change === change);
  const contrast = contrasts[number] ?? null;
  if (contrast === null || !isBetter(contrast.strict, finding.indicator.better)) return [];
  const others = exposures.filter(({ sight }, index) => index !== number && sight === 'visible');
  const levels = levelsBeside(finding, exposures[number]!, others, context.phases);
  if (levels === null) return [];
  const { comparison } = finding;
  const [withIt, without] = [levels.post, levels.baseline].map((level) => formatQuantity(level, comparison));
  return [
    {
      claim: 'taking it back would undo what it made better',
      place: named(comparison),
      detail: `${withIt} with it against ${without} without`,
    },
  ];
}

function isBetter(difference: Interval, better: Better): boolean {
  return better === 'higher' ? difference.low > 0 : difference.high < 0;
}

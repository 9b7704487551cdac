import { formatQuantity } from '../../domain/quantities.ts';
import type { Better, Change } from '../../domain/upgrade.ts';
import type { Interval } from '../../statistics/mover.ts';
import type { Finding } from '../comparing/comparing.ts';
import type { ComparingContext } from '../comparing/measuring.ts';
import { readExposure } from '../exposure.ts';
import { responseWithinStrata } from '../strata/response-within-strata.ts';
import { named, strength } from '../verdict.ts';
import { contrastOf } from './contrast.ts';

const MOST_BENEFITS = 2;

/** What got better with a change: said beside its blame, since undoing it would undo this too. */
export function benefitSentences(change: Change, findings: readonly Finding[], context: ComparingContext): string[] {
  return findings
    .filter(({ comparison }) => comparison.verdict === 'improved')
    .sort((left, right) => strength(right.comparison) - strength(left.comparison))
    .flatMap((finding) => {
      const { series } = finding.subject;
      const others = context.upgrade.changes
        .filter((other) => other !== change)
        .map((other) => readExposure(other, series));
      const response = responseWithinStrata(finding.indicator, finding.design.sample);
      if (response === null) return [];
      const visible = others.filter(({ sight }) => sight === 'visible');
      const contrast = contrastOf(finding, readExposure(change, series), visible, response, context.phases);
      if (contrast?.indicator == null || !isBetter(contrast.difference, finding.indicator.better)) return [];
      const { post, baseline } = contrast.indicator;
      const measured = finding.comparison;
      return [
        `it also made ${named(measured)} better: ${formatQuantity(post, measured)} with it against ${formatQuantity(baseline, measured)} without; turning it off would undo that`,
      ];
    })
    .slice(0, MOST_BENEFITS);
}

function isBetter(difference: Interval, better: Better): boolean {
  return better === 'higher' ? difference.low > 0 : difference.high < 0;
}

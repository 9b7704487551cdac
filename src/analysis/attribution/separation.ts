import { formatQuantity } from '../../domain/quantities.ts';
import type { Suspect } from '../../domain/report.ts';
import { compareTexts } from '../../domain/text-order.ts';
import { formatWait } from '../../domain/times.ts';
import type { Change } from '../../domain/upgrade.ts';
import { candidateKindOf } from '../candidates/index.ts';
import type { Finding } from '../comparing/comparing.ts';
import { named } from '../comparison-name.ts';
import type { Phases } from '../phases.ts';
import { type ExperimentPart, smallestExperiment } from './experiment.ts';

/** The cheapest step that would tell changes apart, how long it takes at today's noise, and what each outcome would mean. */
export function separatingStep(changes: readonly Change[], finding: Finding, phases: Phases): string {
  const [cheapest, ...others] = [...changes].sort(
    (left, right) =>
      candidateKindOf(left).separatingCost - candidateKindOf(right).separatingCost || compareTexts(left.id, right.id),
  );
  const step = stepWords(cheapest!, finding, phases);
  const { comparison } = finding;
  const rest = others.map(({ id }) => id).join(' or ');
  if (comparison.baseline === null || comparison.post === null) return step;
  return (
    `${step}: if ${named(comparison)} then goes back towards ${formatQuantity(comparison.baseline, comparison)} there, ` +
    `it is ${cheapest!.id}; if it stays near ${formatQuantity(comparison.post, comparison)}, it is ${rest}`
  );
}

/** What would be seen if the blame were wrong: a level that a reading of the same step can be held against. */
export function falsifier(change: Change, share: Suspect['share'], finding: Finding, phases: Phases): string | null {
  const { comparison } = finding;
  const { baseline, post } = comparison;
  if (baseline === null || post === null) return null;
  const expected = post - (share?.estimate ?? 1) * (post - baseline);
  const halfway = (expected + post) / 2;
  const side = post > baseline ? 'above' : 'below';
  const write = (value: number): string => formatQuantity(value, comparison);
  return (
    `${stepWords(change, finding, phases)}: ${named(comparison)} should go back to about ${write(expected)} there; ` +
    `if it stays ${side} ${write(halfway)}, ${change.id} is not what did it`
  );
}

function stepWords(change: Change, finding: Finding, phases: Phases): string {
  const kind = candidateKindOf(change);
  const experiment = smallestExperiment(finding, kind.isPartial, phases);
  const step = kind.separatingStep(change, partWords(experiment?.part ?? { kind: 'half' }));
  return experiment === null ? step : `${step} for about ${formatWait(experiment.minutes * 60)}`;
}

function partWords(part: ExperimentPart): string {
  switch (part.kind) {
    case 'instances':
      return `${part.count} of ${part.of} instances`;
    case 'half':
      return 'half of the traffic';
    case 'all':
      return 'all of its traffic';
  }
}

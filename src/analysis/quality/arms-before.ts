import { REQUESTS } from '../../domain/cells.ts';
import { describeQuality, type QualityFinding } from '../../domain/quality.ts';
import { formatQuantity } from '../../domain/quantities.ts';
import type { Slo } from '../../domain/slo.ts';
import { compareTexts } from '../../domain/text-order.ts';
import type { Change, Upgrade } from '../../domain/upgrade.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import { FEWEST_HOSTS } from '../designs/design.ts';
import { isEstimate } from '../estimating/estimate.ts';
import { isAssignedBefore, isBeforeChange } from '../exposure/assigned-before.ts';
import { type Exposure, readExposure, type SharesMet } from '../exposure/exposure.ts';
import { INDICATOR_KINDS } from '../indicators/index.ts';
import type { Indicator } from '../indicators/indicator.ts';
import { BASELINE, NEITHER, type Phases, POST, phaseOf } from '../phases.ts';
import { placeByBlock, placeRows } from '../sampling/placing.ts';
import type { Sample } from '../sampling/sample.ts';
import type { Subject } from '../subjects.ts';
import { isSplitByInstance, splitCells } from './split-cells.ts';

interface ArmsContext {
  readonly upgrade: Upgrade;
  readonly slos: readonly Slo[];
  readonly phases: Phases;
  readonly shares: SharesMet;
}

/** The arms of a change on one subject before it came, where they could be told apart then. */
interface ArmsBefore {
  readonly subject: Subject;
  readonly exposure: Exposure;
  readonly who: 'instances' | 'marked traffic';
  readonly sample: Sample;
}

/**
 * An A/A test of the arms that a change was to have (Kohavi, Tang & Xu 2020, chapter 19): were those who would meet it unlike the
 * others before it came? All of them together raise a false alarm in 5 of 100 reports at most.
 */
export function armsBeforeFindings(subjects: readonly Subject[], context: ArmsContext): QualityFinding[] {
  const { upgrade, slos } = context;
  const own = subjects.filter(({ measure, peer }) => measure === REQUESTS && peer === null);
  const all = upgrade.changes.flatMap((change) => own.flatMap((subject) => armsBefore(subject, change, context) ?? []));
  const tests = all.flatMap((arms) =>
    [...INDICATOR_KINDS.values()]
      .flatMap((kind) => kind.of(arms.subject, { upgrade, slos }))
      .filter(({ primary }) => primary)
      .map((indicator) => ({ arms, indicator })),
  );
  const level = 1 - (1 - CONFIDENCE) / Math.max(1, tests.length);
  return [
    ...tests.flatMap(({ arms, indicator }) => unlike(arms, indicator, level)),
    ...upgrade.changes.flatMap((change) => {
      const isSeen = all.some(({ exposure }) => exposure.change === change);
      return !isSeen && isSplit(change, own, context)
        ? [describeQuality('arms-before-unseen', change.id, change.id)]
        : [];
    }),
  ];
}

function armsBefore(subject: Subject, change: Change, { phases, shares }: ArmsContext): ArmsBefore | null {
  const { series } = subject;
  const exposure = readExposure(change, series, shares);
  if (exposure.sight !== 'visible') return null;
  const isBefore = (block: number): boolean =>
    phaseOf(phases, block) === BASELINE && (change.atMs === null || isBeforeChange(exposure, block, phases));
  if (isAssignedBefore(exposure, series, phases)) {
    const armAt = (index: number, block: number) =>
      isBefore(block) ? (exposure.exposed[index] ? POST : BASELINE) : NEITHER;
    return { subject, exposure, who: 'marked traffic', sample: placeByBlock(series, armAt) };
  }
  const names = [...new Set(series.map(({ key }) => key.instance ?? ''))].sort(compareTexts);
  const everMet = new Set(series.filter((_, index) => exposure.exposed[index]).map(({ key }) => key.instance ?? ''));
  // What came to all leaves nobody to be held against: no need to look at each block.
  if (everMet.size === names.length) return null;
  const cells = splitCells(change, series, phases, shares);
  if (!isSplitByInstance(cells)) return null;
  const met = new Set(cells.flatMap((cell) => (cell.met > 0 ? [cell.instance] : [])));
  const numberOf = new Map(names.map((name, number) => [name, number]));
  const sample = placeRows(
    series,
    (index, block) => {
      const isMet = met.has(series[index]!.key.instance ?? '');
      return isBefore(block) && !exposure.exposed[index] ? (isMet ? POST : BASELINE) : NEITHER;
    },
    (index) => numberOf.get(series[index]!.key.instance ?? '')!,
    false,
  );
  return Math.min(...sample.clusters) < FEWEST_HOSTS ? null : { subject, exposure, who: 'instances', sample };
}

function unlike({ subject, exposure, who, sample }: ArmsBefore, indicator: Indicator, level: number): QualityFinding[] {
  const result = indicator.estimate(sample);
  if (!isEstimate(result)) return [];
  const { estimate, low, high } = result.effectAt(level);
  const isTold = low > 0 || high < 0;
  const isMaterial = estimate > result.riseMargin || estimate < -result.fallMargin;
  if (!isTold || !isMaterial) return [];
  const shown = (value: number): string => formatQuantity(value, { indicator: indicator.name, unit: indicator.unit });
  const { id } = exposure.change;
  const place = `${subject.service} ${subject.endpoint ?? ''}`.trim();
  const levels = `${shown(result.post)} against ${shown(result.baseline)}`;
  return [describeQuality('unlike-arms', `${id}: ${indicator.name} of ${place} ${levels} on other ${who}`, id)];
}

/** Met by a part of the traffic that ran beside the rest. */
function isSplit(change: Change, subjects: readonly Subject[], { phases, shares }: ArmsContext): boolean {
  const series = subjects.flatMap((subject) => subject.series);
  const cells = splitCells(change, series, phases, shares);
  return cells.some(({ met, all }) => met > 0 && met < all);
}

import type { ComparisonMethod } from '../../domain/report.ts';
import { compareTexts } from '../../domain/text-order.ts';
import { smallestRandomisationP } from '../../statistics/randomisation.ts';
import { isAssignedBefore, isBeforeChange, isSteady } from '../exposure/assigned-before.ts';
import type { Exposure } from '../exposure/exposure.ts';
import { BASELINE, NEITHER, type Phases, POST, phaseOf } from '../phases.ts';
import { placeByBlock, placeRows } from '../sampling/placing.ts';
import type { Sample } from '../sampling/sample.ts';
import type { Subject } from '../subjects.ts';

/** How a subject is compared, and why so. */
export interface Design {
  readonly method: ComparisonMethod;
  readonly sample: Sample;
  /** Instances that met none of the changes, before and after: what they did is taken off. Null in other designs. */
  readonly control: Sample | null;
  /** The same arms before the upgrade, to see whether they were alike; null where arms are not made of instances. */
  readonly before: Sample | null;
  readonly notes: readonly string[];
}

/** Blocks in which exposed and unexposed traffic ran side by side, as a share of the post window's blocks. */
const FEWEST_OVERLAP_SHARE = 0.5;
const FEWEST_OVERLAP_BLOCKS = 6;
/** With fewer hosts an arm, a host's own trouble cannot be told from the change: C(2m, m) relabelings are too few. */
export const FEWEST_HOSTS = 5;

/**
 * The designs the data allows, best first: concurrent where traffic that met none of the changes ran beside traffic that
 * did, instances against instances, before-after always. A change that cannot be seen on the cells touches both arms of
 * the first two alike, so one such change is enough to rule them out.
 */
export function designsFor(
  subject: Subject,
  phases: Phases,
  reaching: readonly Exposure[],
  asked: ComparisonMethod | null,
): Design[] {
  const designs = ARM_DESIGNS.flatMap(([method, make]) =>
    asked === null || asked === method ? (make(subject, phases, reaching) ?? []) : [],
  );
  const isMissed = designs.length === 0 && ARM_DESIGNS.some(([method]) => method === asked);
  const notes = isMissed ? [`${asked} was asked for, which the data does not allow`] : [];
  return [...designs, { ...beforeAfterDesign(subject, phases), notes }];
}

function beforeAfterDesign(subject: Subject, phases: Phases): Design {
  const sample = placedByBlock(subject, (_series, block) => phaseOf(phases, block));
  return { method: 'before-after', sample, control: null, before: null, notes: [] };
}

function placedByBlock(subject: Subject, armAt: (seriesIndex: number, block: number) => -1 | 0 | 1): Sample {
  return placeByBlock(subject.series, armAt);
}

/** Instances that met the changes against instances that did not, each before and after. */
function hostDesign(subject: Subject, phases: Phases, reaching: readonly Exposure[]): Design | null {
  if (reaching.length === 0 || reaching.some((exposure) => exposure.sight !== 'visible')) return null;
  const isExposed = subject.series.map((_, index) => reaching.some((exposure) => exposure.exposed[index]));
  const exposedHosts = hostsIn(subject, isExposed, true, () => true);
  const onExposedHost = subject.series.map(({ key }) => exposedHosts.has(key.instance ?? ''));
  const sample = placedByBlock(subject, (index, block) => {
    const phase = phaseOf(phases, block);
    return !onExposedHost[index] || (phase === POST && !isExposed[index]) ? NEITHER : phase;
  });
  const control = placedByBlock(subject, (index, block) => (onExposedHost[index] ? NEITHER : phaseOf(phases, block)));
  const fewest = Math.min(...sample.clusters, ...control.clusters);
  const others = hostsIn(subject, onExposedHost, false, () => true).size;
  if (fewest < FEWEST_OVERLAP_BLOCKS || Math.min(exposedHosts.size, others) < FEWEST_HOSTS) return null;
  return {
    method: 'difference-in-differences',
    sample,
    control,
    before: null,
    notes: [`${exposedHosts.size} instances met the changes, ${others} did not`],
  };
}

const ARM_DESIGNS = [
  ['concurrent', concurrentDesign],
  ['difference-in-differences', hostDesign],
] as const;

function concurrentDesign(subject: Subject, phases: Phases, reaching: readonly Exposure[]): Design | null {
  if (reaching.length === 0 || reaching.some((exposure) => exposure.sight !== 'visible')) return null;
  const isExposed = subject.series.map((_, index) => reaching.some((exposure) => exposure.exposed[index]));
  const overlap = overlappingBlocks(subject, phases, isExposed);
  if (overlap === null) return null;
  const armAt = (index: number, block: number): -1 | 0 | 1 =>
    overlap.has(block) ? (isExposed[index] ? POST : BASELINE) : NEITHER;
  const hosts = hostNumbers(subject);
  const exposedHosts = hostsIn(subject, isExposed, true, (block) => overlap.has(block));
  const unexposedHosts = hostsIn(subject, isExposed, false, (block) => overlap.has(block));
  const shared = [...unexposedHosts].filter((host) => exposedHosts.has(host)).length;
  if (shared === unexposedHosts.size && shared === exposedHosts.size) {
    const sample = placedByBlock(subject, armAt);
    return {
      method: 'concurrent',
      sample,
      control: null,
      before: armsBefore(subject, phases, reaching, isExposed),
      notes: ['both arms ran on the same instances at the same time'],
    };
  }
  if (shared > 0 || Math.min(exposedHosts.size, unexposedHosts.size) < FEWEST_HOSTS) return null;
  const hostAt = (index: number): number => hosts.get(subject.series[index]!.key.instance ?? '')!;
  const armBefore = (index: number, block: number): -1 | 0 | 1 => {
    if (phaseOf(phases, block) !== BASELINE) return NEITHER;
    return exposedHosts.has(subject.series[index]!.key.instance ?? '') ? POST : BASELINE;
  };
  return {
    method: 'concurrent',
    sample: placeRows(subject.series, armAt, hostAt, false),
    control: null,
    before: placeRows(subject.series, armBefore, hostAt, false),
    notes: [
      `${exposedHosts.size} instances met the changes, ${unexposedHosts.size} did not, at the same time`,
      ...smallestClaim(exposedHosts.size, unexposedHosts.size),
    ],
  };
}

/** Traffic of both arms before the upgrade, where all that was to meet a change was marked already; else null. */
function armsBefore(
  subject: Subject,
  phases: Phases,
  reaching: readonly Exposure[],
  isExposed: readonly boolean[],
): Sample | null {
  if (!reaching.every((exposure) => isAssignedBefore(exposure, subject.series, phases))) return null;
  return placedByBlock(subject, (index, block) => {
    const isBefore = phaseOf(phases, block) === BASELINE && reaching.every((one) => isBeforeChange(one, block, phases));
    return isBefore ? (isExposed[index] ? POST : BASELINE) : NEITHER;
  });
}

/** Worth saying where it keeps a clear move from being claimed among many comparisons. */
const SMALLEST_P_TO_SAY = 1e-4;

function smallestClaim(exposed: number, unexposed: number): string[] {
  const p = smallestRandomisationP(exposed, unexposed);
  return p > SMALLEST_P_TO_SAY ? [`relabelling so few instances can give no p below ${p.toPrecision(2)}`] : [];
}

function overlappingBlocks(subject: Subject, phases: Phases, isExposed: readonly boolean[]): Set<number> | null {
  const seen: [Set<number>, Set<number>] = [new Set(), new Set()];
  subject.series.forEach((series, index) => {
    const blocks = seen[isExposed[index] ? 1 : 0];
    for (const block of series.block) if (phaseOf(phases, block) === POST) blocks.add(block);
  });
  const all = new Set([...seen[0], ...seen[1]]);
  const overlap = new Set([...seen[0]].filter((block) => seen[1].has(block)));
  const enough = overlap.size >= FEWEST_OVERLAP_BLOCKS && overlap.size >= FEWEST_OVERLAP_SHARE * all.size;
  return enough && hasSteadyShare(subject, isExposed, overlap) ? overlap : null;
}

/** Arms whose shares change over time lie at different times: a drift of everyone would pass for a difference of the arms. */
function hasSteadyShare(subject: Subject, isExposed: readonly boolean[], overlap: ReadonlySet<number>): boolean {
  const sorted = [...overlap].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)]!;
  const halves = [
    shareOfExposed(subject, isExposed, overlap, (b) => b < middle),
    shareOfExposed(subject, isExposed, overlap, (b) => b >= middle),
  ];
  const [first, second] = halves as [number, number];
  return isSteady(first, second);
}

function shareOfExposed(
  subject: Subject,
  isExposed: readonly boolean[],
  overlap: ReadonlySet<number>,
  holds: (block: number) => boolean,
): number {
  let exposed = 0;
  let total = 0;
  subject.series.forEach((series, index) => {
    series.block.forEach((block, row) => {
      if (!overlap.has(block) || !holds(block)) return;
      total += series.count[row]!;
      if (isExposed[index]) exposed += series.count[row]!;
    });
  });
  return exposed / total;
}

/** Instances with traffic of one kind in the given blocks. */
function hostsIn(
  subject: Subject,
  isWanted: readonly boolean[],
  wanted: boolean,
  holds: (block: number) => boolean,
): Set<string> {
  const hosts = new Set<string>();
  subject.series.forEach((series, index) => {
    if (isWanted[index] === wanted && series.block.some(holds)) hosts.add(series.key.instance ?? '');
  });
  return hosts;
}

function hostNumbers(subject: Subject): Map<string, number> {
  const names = [...new Set(subject.series.map((series) => series.key.instance ?? ''))].sort(compareTexts);
  return new Map(names.map((name, number) => [name, number]));
}

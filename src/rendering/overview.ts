import type { Comparison, ComparisonVerdict, Report, Suspect } from '../domain/report.ts';

/** The comparisons by verdict, those that moved furthest beyond their margin first. */
export type ComparisonGroups = Readonly<Record<ComparisonVerdict, readonly Comparison[]>>;

export function groupComparisons(report: Report): ComparisonGroups {
  const groups: Record<ComparisonVerdict, Comparison[]> = {
    regressed: [],
    improved: [],
    'no-regression': [],
    'cannot-tell': [],
    transient: [],
    shifted: [],
  };
  for (const comparison of report.comparisons) groups[comparison.verdict].push(comparison);
  for (const group of Object.values(groups)) {
    const excess = new Map(group.map((comparison) => [comparison, excessOf(comparison)]));
    group.sort((left, right) => excess.get(right)! - excess.get(left)!);
  }
  return groups;
}

const COUNT_ORDER = ['regressed', 'improved', 'shifted', 'transient', 'no-regression', 'cannot-tell'] as const;

/** How many comparisons have each verdict, without those that none has. */
export function verdictCounts(groups: ComparisonGroups): readonly { verdict: ComparisonVerdict; count: number }[] {
  return COUNT_ORDER.map((verdict) => ({ verdict, count: groups[verdict].length })).filter(({ count }) => count > 0);
}

/** How many margins the estimate lies from zero; -1 where there is none. */
function excessOf(comparison: Comparison): number {
  if (comparison.effect === null) return -1;
  const { estimate, margin } = comparison.effect;
  const excess = Math.abs(estimate) / (margin > 0 ? margin : 1);
  return Number.isFinite(excess) ? excess : Number.isNaN(excess) ? -1 : Number.MAX_VALUE;
}

/** Comparisons that cannot be decided for what is, up to its numbers, the same reason. */
export interface UnknownGroup {
  readonly needed: string;
  /** Whether the reasons differ in their numbers, so that `needed` is only the first of them. */
  readonly varies: boolean;
  readonly comparisons: readonly Comparison[];
}

export function groupUnknown(comparisons: readonly Comparison[]): readonly UnknownGroup[] {
  const groups = new Map<string, Comparison[]>();
  for (const comparison of comparisons) {
    const key = neededOf(comparison).replace(/\d[\d,.]*/g, '#');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [comparison]);
    else group.push(comparison);
  }
  return [...groups.values()]
    .map((group) => ({
      needed: neededOf(group[0]!),
      varies: group.some((comparison) => neededOf(comparison) !== neededOf(group[0]!)),
      comparisons: group,
    }))
    .sort((left, right) => right.comparisons.length - left.comparisons.length);
}

function neededOf(comparison: Comparison): string {
  return comparison.needed ?? 'what is needed is not known';
}

/** Suspects that cannot be told apart, as one answer. */
export interface AliasSet {
  readonly members: readonly Suspect[];
  /** Changes the members name that are not suspects of this verdict themselves. */
  readonly others: readonly string[];
  readonly evidence: readonly string[];
  readonly separateBy: readonly string[];
}

export interface SuspectGroups {
  readonly accused: readonly Suspect[];
  readonly inseparable: readonly AliasSet[];
  readonly cleared: readonly Suspect[];
  readonly withoutEvidence: readonly Suspect[];
}

export function groupSuspects(suspects: readonly Suspect[]): SuspectGroups {
  const ranked = [...suspects].sort((left, right) => left.rank - right.rank);
  const verdictIs = (verdict: Suspect['verdict']) => ranked.filter((suspect) => suspect.verdict === verdict);
  return {
    accused: [...verdictIs('blamed'), ...verdictIs('contributing')],
    inseparable: aliasSets(verdictIs('cannot-separate')),
    cleared: verdictIs('cleared'),
    withoutEvidence: verdictIs('no-evidence'),
  };
}

function aliasSets(suspects: readonly Suspect[]): readonly AliasSet[] {
  const sets = new Map<string, Suspect[]>();
  for (const suspect of suspects) {
    const key = JSON.stringify([...new Set([suspect.change, ...suspect.inseparable_from])].sort());
    const members = sets.get(key);
    if (members === undefined) sets.set(key, [suspect]);
    else members.push(suspect);
  }
  return [...sets.values()].map((members) => {
    const named = new Set(members.map((member) => member.change));
    return {
      members,
      others: distinct(members.flatMap((member) => member.inseparable_from)).filter((change) => !named.has(change)),
      evidence: distinct(members.flatMap((member) => member.evidence)),
      separateBy: distinct(members.flatMap((member) => (member.separate_by === null ? [] : [member.separate_by]))),
    };
  });
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

const SEVERITY_ORDER = ['error', 'warning', 'info'];

/** Quality findings, the gravest first. */
export function orderQuality(report: Report): Report['quality'] {
  return [...report.quality].sort(
    (left, right) => SEVERITY_ORDER.indexOf(left.severity) - SEVERITY_ORDER.indexOf(right.severity),
  );
}

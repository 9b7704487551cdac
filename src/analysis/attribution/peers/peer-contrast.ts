import type { Interval } from '../../../statistics/mover.ts';
import { normalQuantile } from '../../../statistics/normal.ts';
import { pooledEffect, type Uncertain } from '../../../statistics/pooled-effect.ts';
import type { Finding } from '../../comparing/comparing.ts';
import { looksWorse } from '../../comparison-strength.ts';
import type { Phases } from '../../phases.ts';
import { EQUIVALENCE } from '../contrast.ts';
import { NEGLIGIBLE_SHARE, SUFFICIENT_SHARE } from '../share-levels.ts';
import { type Move, moveWhere, type Presence, presenceOf } from './side-by-side.ts';

/** Standard errors of a one-sided claim at 5 %, which is the end of a 90 % interval. */
const SURE = normalQuantile((1 + EQUIVALENCE) / 2);

/** What got worse against what was not exposed to the same peer, on the same instances and in the same blocks. */
export interface PeerContrast {
  /** `apart`: the others kept their level; `alike`: they got worse by as much; `untold`: neither was shown. */
  readonly kind: 'apart' | 'alike' | 'untold';
  readonly finding: Finding;
  readonly others: readonly Finding[];
  /** Instances on which both ran, those that are known by name. */
  readonly instances: number;
  /** On the scale that shows it, to the worse: logarithms of factors, or amounts in the indicator's unit. */
  readonly scale: 'factor' | 'added';
  readonly own: Interval;
  readonly rest: Interval;
}

/**
 * Difference in differences between one comparison and others of the same indicator. A cause on the caller's side may multiply
 * or add: alike is what is alike on either scale, given that all the others got worse; apart is asked of factors alone where there
 * are any. Null where nothing can be estimated.
 */
export function peerContrast(finding: Finding, others: readonly Finding[], phases: Phases): PeerContrast | null {
  const own = presenceOf(finding.subject.series, phases);
  const beside = presenceOf(
    others.flatMap(({ subject }) => subject.series),
    phases,
  );
  const move = moveWhere(finding, beside, phases);
  const moves = others.flatMap((other) => moveWhere(other, own, phases) ?? []);
  if (move === null || moves.length < others.length) return null;
  const instances = [...own.keys()].filter((name) => name !== '' && overlaps(own, beside, name)).length;
  const scales = (['factor', 'added'] as const).flatMap((scale) => onScale(scale, move, moves) ?? []);
  const [first] = scales;
  if (first === undefined) return null;
  const shown = (kind: PeerContrast['kind'], { scale, own: ownMove, rest }: OnScale): PeerContrast => {
    return { kind, finding, others, instances, scale, own: ownMove, rest };
  };
  const alike = others.every(isWorse) ? scales.find(({ isMost }) => isMost) : undefined;
  if (alike !== undefined) return shown('alike', alike);
  return shown(first.isLittle && !others.some(isWorse) ? 'apart' : 'untold', first);
}

export function isWorse({ comparison }: Finding): boolean {
  return comparison.verdict === 'regressed' || looksWorse(comparison);
}

interface OnScale {
  readonly scale: PeerContrast['scale'];
  readonly own: Interval;
  readonly rest: Interval;
  /** The others were shown to have made less than a quarter of the move, or more than three quarters. */
  readonly isLittle: boolean;
  readonly isMost: boolean;
}

function onScale(scale: PeerContrast['scale'], move: Move, moves: readonly Move[]): OnScale | null {
  const own = move[scale];
  const rest = pooledEffect(moves.flatMap((one) => one[scale] ?? []));
  if (own === null || rest === null || !(own.value > 0)) return null;
  return {
    scale,
    own: intervalOf(own),
    rest: intervalOf(rest),
    isLittle: beyondShare(rest, own, NEGLIGIBLE_SHARE) < -SURE,
    isMost: beyondShare(rest, own, SUFFICIENT_SHARE) > SURE,
  };
}

/** By how many standard errors one move exceeds a share of another (Fieller 1954): no ratio is taken. */
function beyondShare(rest: Uncertain, own: Uncertain, share: number): number {
  return (rest.value - share * own.value) / Math.hypot(rest.standardError, share * own.standardError);
}

function intervalOf({ value, standardError }: Uncertain): Interval {
  const reach = SURE * standardError;
  return { estimate: value, low: value - reach, high: value + reach };
}

function overlaps(own: Presence, other: Presence, name: string): boolean {
  const blocks = other.get(name);
  return blocks !== undefined && [...own.get(name)!].some((block) => blocks.has(block));
}

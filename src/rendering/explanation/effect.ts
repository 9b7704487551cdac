import { formatNumber, formatPercent } from '../../domain/numbers.ts';
import { effectMagnitude, effectWords, formatQuantity } from '../../domain/quantities.ts';
import type { Comparison, Effect } from '../../domain/report.ts';
import type { Working } from '../../domain/working.ts';

/** Share of the interval's length by which a check by hand may differ: the rounding of a report written by hand. */
const TOLERANCE = 0.02;

/** The effect from the two values, and its interval from theirs, with the sums to repeat. */
export function effectSentences(comparison: Comparison): string {
  const { effect, working } = comparison;
  if (effect === null) return 'No effect: it takes a value on both sides.';
  const words = effectWords(effect, comparison);
  const level = working === null ? 'interval' : `${formatPercent(working.confidence)} interval`;
  const interval = `${level} ${words.low} to ${words.high}`;
  if (working === null) return `${words.estimate}, ${interval}; what they were made of is not in this report.`;
  const [before, after] = [working.baseline.value, working.post.value].map((one) => formatQuantity(one, comparison));
  const formula = effect.kind === 'relative' ? `${after} / ${before} − 1` : `${after} − ${before}`;
  const check = checkByHand(effect, working);
  if (check === null) {
    return `${words.estimate}, ${interval}. With an arm at zero or an open end, the ends follow from those of the arms and not from a sum.`;
  }
  if (!agrees(check, effect)) {
    const arms = effectWords({ ...effect, ...check }, comparison);
    return `${words.estimate}, ${interval}. The two arms alone give ${formula} = ${arms.estimate}, ${arms.low} to ${arms.high}; the rest was taken off or allowed for by the method (see its notes).`;
  }
  return `${formula} = ${words.estimate}, ${interval}. ${sumsOf(check, effect, words, comparison)}`;
}

interface HandCheck {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** What is added up, on the scale it is added on: the centre, then the reaches of baseline and post. */
  readonly centre: number;
  readonly below: readonly [number, number];
  readonly above: readonly [number, number];
}

/** Each end lies as far from the effect as the two arms' own ends together (Zou & Donner 2008); relative on logarithms. */
function checkByHand({ kind }: Effect, { baseline, post }: Working): HandCheck | null {
  const isRelative = kind === 'relative';
  const scale = isRelative ? Math.log : (value: number) => value;
  const back = isRelative ? Math.expm1 : (value: number) => value;
  const centre = scale(post.value) - scale(baseline.value);
  const below = [scale(baseline.high) - scale(baseline.value), scale(post.value) - scale(post.low)] as const;
  const above = [scale(baseline.value) - scale(baseline.low), scale(post.high) - scale(post.value)] as const;
  if (![centre, ...below, ...above].every(Number.isFinite)) return null;
  const low = back(centre - Math.hypot(...below));
  return { estimate: back(centre), low, high: back(centre + Math.hypot(...above)), centre, below, above };
}

function agrees(check: HandCheck, effect: Effect): boolean {
  const most = TOLERANCE * (effect.high - effect.low);
  return (['estimate', 'low', 'high'] as const).every((end) => Math.abs(check[end] - effect[end]) <= most);
}

function sumsOf(
  check: HandCheck,
  { kind }: Effect,
  words: { readonly low: string; readonly high: string },
  comparison: Comparison,
): string {
  const isRelative = kind === 'relative';
  const write = isRelative ? (value: number) => formatNumber(value, 4) : effectMagnitude(kind, comparison);
  const centre = check.centre < 0 ? `−${write(-check.centre)}` : write(check.centre);
  const root = ([first, second]: readonly [number, number]) => `√(${write(first)}² + ${write(second)}²)`;
  const [open, close] = isRelative ? ['exp(', ') − 1'] : ['', ''];
  const how = isRelative
    ? 'By hand, in logarithms, from how far the ends of both arms reach'
    : 'By hand, from how far the ends of both arms reach';
  const low = `${open}${centre} − ${root(check.below)}${close} = ${words.low}`;
  const high = `${open}${centre} + ${root(check.above)}${close} = ${words.high}`;
  return `${how}: ${low} and ${high}.`;
}

import { formatPercent, withSign } from '../domain/numbers.ts';
import { effectMagnitude, type Measured } from '../domain/quantities.ts';
import type { Effect, Mix } from '../domain/report.ts';

/** Traffic of kinds the other side lacks is spoken of from this share of a side on. */
const WORTH_A_WORD = 0.01;

/** What a reader must know of the mix to understand the verdict; nothing where it did nothing to speak of. */
export function mixNotes(mix: Mix | null, effect: Effect, measured: Measured): string[] {
  if (mix === null) return [];
  const kinds = mix.by.join(', ');
  const amount = (part: number): string => withSign(part, effectMagnitude(effect.kind, measured));
  const parts = `as it came it changed by ${amount(mix.total)}, of which kinds of traffic that each changed by themselves make ${amount(mix.within)} and their shifted mix ${amount(mix.mix)}`;
  const isBeyond = Math.abs(mix.mix) > effect.margin;
  const isReversed = mix.total * mix.within < 0;
  const notes: string[] = [];
  if (isBeyond && isReversed) {
    notes.push(
      `the mix of traffic (${kinds}) turns the sign: ${parts}; the verdict is about the same mix before and after`,
    );
  } else if (isBeyond) {
    notes.push(`the mix of traffic (${kinds}) shifted: ${parts}; the verdict is about the same mix before and after`);
  }
  const largest = Math.max(mix.new_share, mix.vanished_share);
  if (largest >= WORTH_A_WORD || Math.abs(mix.new_or_vanished) > effect.margin) {
    notes.push(
      `${formatPercent(mix.new_share)} of the traffic after is of kinds (${kinds}) the time before lacks, ${formatPercent(mix.vanished_share)} the other way round: compared with nothing, they moved it by ${amount(mix.new_or_vanished)}`,
    );
  }
  return notes;
}

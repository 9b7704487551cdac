import { formatPercent, withSign } from '../../domain/numbers.ts';
import { effectMagnitude, type Measured } from '../../domain/quantities.ts';
import type { Effect, Mix } from '../../domain/report.ts';

/** Traffic of kinds the other side lacks is spoken of from this share of a side on. */
const WORTH_A_WORD = 0.01;

/** What a reader must know of the mix to understand the verdict; nothing where it did nothing to speak of. */
export function mixNotes(mix: Mix | null, effect: Effect, measured: Measured): string[] {
  if (mix === null) return [];
  const kinds = mix.by.join(', ');
  const amount = (part: number): string => withSign(part, effectMagnitude(effect.kind, measured));
  const parts = `${amount(mix.total)} as it came, of it ${amount(mix.within)} within each kind and ${amount(mix.mix)} by their mix; judged at the baseline's mix`;
  const notes: string[] = [];
  if (Math.abs(mix.mix) > effect.margin) {
    const turns = mix.total * mix.within < 0;
    notes.push(`the mix of traffic (${kinds}) ${turns ? 'turns the sign' : 'shifted'}: ${parts}`);
  }
  const largest = Math.max(mix.new_share, mix.vanished_share);
  if (largest >= WORTH_A_WORD || Math.abs(mix.new_or_vanished) > effect.margin) {
    notes.push(
      `${formatPercent(mix.new_share)} of the post traffic is of kinds (${kinds}) the baseline lacks, ${formatPercent(mix.vanished_share)} the other way round: compared with nothing, they moved it by ${amount(mix.new_or_vanished)}`,
    );
  }
  return notes;
}

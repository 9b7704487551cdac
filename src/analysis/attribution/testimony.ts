import { formatNumber, formatPercent } from '../../domain/numbers.ts';
import { effectWords, formatQuantity } from '../../domain/quantities.ts';
import type { Change } from '../../domain/upgrade.ts';
import type { Interval } from '../../statistics/mover.ts';
import { candidateKindOf } from '../candidates/index.ts';
import type { Finding } from '../comparing/comparing.ts';
import { effectOf } from '../comparing/decision.ts';
import type { ComparingContext } from '../comparing/measuring.ts';
import type { Exposure } from '../exposure.ts';
import type { Phases } from '../phases.ts';
import { named } from '../verdict.ts';
import { type Beside, besideOf, exposedShareOf } from './beside.ts';
import type { Contrast } from './contrast.ts';
import { contrastTable, levelsBeside } from './contrast-table.ts';
import { weighInteractions } from './interaction.ts';
import type { OwnPlace } from './own-place.ts';
import { shiftWithout } from './remainder.ts';
import type { Testimony } from './standing.ts';
import { timingTestimony } from './timing.ts';

/** A change that could explain no more than this of a regression is cleared of it. */
const NEGLIGIBLE_SHARE = 0.25;
/** One that explains at least this leaves nothing that others would be needed for. */
const SUFFICIENT_SHARE = 0.75;
/** One that explains at least this is guilty of it. */
const MATERIAL_SHARE = 0.2;

/**
 * What one regressed comparison says about every change, witness after witness: could it reach this traffic, did traffic
 * meet it, what ran beside it, where does it sit, when did it come.
 */
export function hearFinding(
  finding: Finding,
  context: ComparingContext,
  ownPlace: OwnPlace,
  claims: number,
): Testimony[] {
  const { phases, graph } = context;
  const beside = besideOf(finding, context, claims);
  const testimonies = beside.exposures.map((exposure, number): Testimony => {
    const { change } = exposure;
    const reach = candidateKindOf(change).reach(change, finding.subject, graph);
    if (reach === 'none') return innocent(change, `nothing that ${whereOf(finding)} calls leads to it`);
    if (exposure.sight === 'unmet') return innocent(change, `no traffic of ${finding.subject.service} met it`);
    const contrasted = contrastTestimony(beside, number, phases);
    if (contrasted !== null && contrasted.standing !== 'open') return contrasted;
    const elsewhere = placeAndTime(
      ownPlace.testify(change, finding, reach),
      timingTestimony(finding, exposure, phases),
    );
    return contrasted === null ? elsewhere : unsettled(contrasted, elsewhere);
  });
  const weighed = weighInteractions(beside, testimonies, phases);
  return clearTheRest(beside, weighed, phases);
}

/** Where a change sits speaks first, but a time that does not fit clears it. */
function placeAndTime(place: Testimony | null, time: Testimony): Testimony {
  if (place === null || (time.standing === 'innocent' && place.standing !== 'innocent')) return time;
  if (place.standing !== 'aligned' || time.standing !== 'aligned') return place;
  return { ...place, sentences: [...place.sentences, ...time.sentences] };
}

/** A contrast too wide to tell leaves it to time, but not against its own estimate. */
function unsettled(contrasted: Testimony, elsewhere: Testimony): Testimony {
  if (elsewhere.standing === 'innocent') return elsewhere;
  const isLikely = (contrasted.share?.estimate ?? 0) >= 0.5;
  return elsewhere.standing === 'aligned' && isLikely
    ? { ...elsewhere, sentences: [...contrasted.sentences, ...elsewhere.sentences] }
    : contrasted;
}

/** Null where nothing ran beside its traffic. */
function contrastTestimony(beside: Beside, number: number, phases: Phases): Testimony | null {
  const { finding, exposures, contrasts, total } = beside;
  const contrast = contrasts[number] ?? null;
  if (contrast === null || total === null) return null;
  const exposure = exposures[number]!;
  const share = shareOf(contrast, exposedShareOf(beside, exposure), total);
  const { better } = finding.indicator;
  const { strict } = contrast;
  const moves = { lower: strict.low > 0, higher: strict.high < 0, either: strict.low * strict.high > 0 }[better];
  const isGuilty = moves && share.estimate >= MATERIAL_SHARE;
  const others = contrast.inseparableFrom.map((other) => exposures[other]!.change);
  const entangled = others.length === 0 ? 'guilty' : 'entangled';
  const standing = isGuilty ? entangled : share.high < NEGLIGIBLE_SHARE ? 'innocent' : 'open';
  const visible = exposures.filter(({ sight }) => sight === 'visible');
  return {
    change: exposure.change,
    standing,
    share,
    sentences: [contrastSentence(beside, number, contrast, share, phases), ...setSentences(exposure.change, others)],
    inseparableFrom: others,
    table: () => contrastTable(finding, visible, phases),
  };
}

function setSentences(change: Change, others: readonly Change[]): string[] {
  if (others.length === 0) return [];
  const names = others.map(({ id }) => id).join(' and ');
  return [`all traffic that met ${change.id} met ${names} too, or the sum of them tells no difference`];
}

/** What the contrast explains of the whole move: effect where met, times how much met it, over the move. */
function shareOf({ difference }: Contrast, exposedShare: number, total: Interval): Interval {
  const scale = exposedShare / total.estimate;
  const ends = [difference.low * scale, difference.high * scale].map((end) => Math.min(1, Math.max(0, end)));
  return {
    estimate: Math.min(1, Math.max(0, difference.estimate * scale)),
    low: Math.min(...ends),
    high: Math.max(...ends),
  };
}

function contrastSentence(beside: Beside, number: number, contrast: Contrast, share: Interval, phases: Phases): string {
  const { finding, exposures } = beside;
  const exposure = exposures[number]!;
  const others = exposures.filter(
    (other, index) => other !== exposure && other.sight === 'visible' && !contrast.inseparableFrom.includes(index),
  );
  const levels = levelsBeside(finding, exposure, others, phases);
  const where = named(finding.comparison);
  const met = `${formatPercent(exposedShareOf(beside, exposure))} of the traffic met it`;
  const explains = `explains ${formatPercent(share.estimate)} (${formatPercent(share.low)} to ${formatPercent(share.high)}) of the move, judged by ${contrast.basis.count} ${contrast.basis.kind}`;
  if (levels === null) {
    return `for ${where}, in ${contrast.blocks} blocks where both ran side by side the response differs by ${formatNumber(contrast.difference.estimate)}; ${met}; ${explains}`;
  }
  const { low, high } = effectWords(effectOf(levels, finding.indicator.better), finding.comparison);
  return `for ${where}: ${formatQuantity(levels.post, finding.comparison)} with it against ${formatQuantity(levels.baseline, finding.comparison)} without, in the same ${contrast.blocks} blocks (${low} to ${high}); ${met}; ${explains}`;
}

/** Where what met no guilty change did not move, everything else that it did meet is cleared of this comparison. */
function clearTheRest(beside: Beside, testimonies: readonly Testimony[], phases: Phases): Testimony[] {
  const { finding, exposures, response, total } = beside;
  const guilty = exposures.filter((_, i) => isCaught(testimonies[i]!));
  if (guilty.length === 0 || response === null || total === null) return [...testimonies];
  const rest = shiftWithout(finding, guilty, response, phases);
  const ends = rest === null ? [] : [rest.low / total.estimate, rest.high / total.estimate];
  if (ends.length === 0 || Math.max(...ends) >= NEGLIGIBLE_SHARE) return withoutAlignment(testimonies, guilty);
  const names = guilty.map((exposure) => exposure.change.id).join(' or ');
  const most = Math.max(0, ...ends);
  const keptLevel = `traffic that met it but not ${names} kept its old ${named(finding.comparison)} (at most ${formatPercent(most)} of the move remains there)`;
  return testimonies.map((testimony) => (isOpen(testimony) ? innocent(testimony.change, keptLevel) : testimony));
}

/** Caught by what ran beside it, alone or with others. */
function isCaught({ standing }: Testimony): boolean {
  return standing === 'guilty' || standing === 'entangled';
}

function isOpen({ standing }: Testimony): boolean {
  return standing !== 'guilty' && standing !== 'entangled' && standing !== 'enabling' && standing !== 'innocent';
}

function innocent(change: Change, sentence: string): Testimony {
  return { change, standing: 'innocent', share: null, sentences: [sentence] };
}

/** Beside a change that explains most of the move, being together in time is no evidence any more. */
function withoutAlignment(testimonies: readonly Testimony[], guilty: readonly Exposure[]): Testimony[] {
  const explained = Math.max(
    ...testimonies.map((testimony) => (isCaught(testimony) ? (testimony.share?.estimate ?? 0) : 0)),
  );
  if (explained < SUFFICIENT_SHARE) return [...testimonies];
  const names = guilty.map((exposure) => exposure.change.id).join(' or ');
  return testimonies.map((testimony) =>
    isOpen(testimony)
      ? {
          ...testimony,
          standing: 'open',
          sentences: [`${names} already explains ${formatPercent(explained)} of this move`],
        }
      : testimony,
  );
}

function whereOf({ subject: { service, endpoint } }: Finding): string {
  return endpoint === null ? service : `${service} ${endpoint}`;
}

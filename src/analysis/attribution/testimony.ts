import { formatNumber, formatPercent } from '../../domain/numbers.ts';
import { effectWords, formatQuantity } from '../../domain/quantities.ts';
import type { Change } from '../../domain/upgrade.ts';
import type { Interval } from '../../statistics/mover.ts';
import { candidateKindOf } from '../candidates/index.ts';
import type { Finding } from '../comparing/comparing.ts';
import { effectOf } from '../comparing/decision.ts';
import type { ComparingContext } from '../comparing/measuring.ts';
import { type Exposure, readExposure } from '../exposure.ts';
import { responseWithinStrata } from '../strata/response-within-strata.ts';
import { named } from '../verdict.ts';
import { type Contrast, contrastOf } from './contrast.ts';
import { weighInteractions } from './interaction.ts';
import type { OwnPlace } from './own-place.ts';
import { responseShift, shiftWithout } from './remainder.ts';
import type { Testimony } from './standing.ts';
import { timingTestimony } from './timing.ts';

/** A change that could explain no more than this of a regression is cleared of it. */
const NEGLIGIBLE_SHARE = 0.25;
/** One that explains at least this leaves nothing that others would be needed for. */
const SUFFICIENT_SHARE = 0.75;
/** One that explains at least this is guilty of it. */
const MATERIAL_SHARE = 0.2;

/** What one regressed comparison says about every change. */
export function hearFinding(finding: Finding, context: ComparingContext, ownPlace: OwnPlace): Testimony[] {
  const { upgrade, phases, graph } = context;
  const exposures = upgrade.changes.map((change) => readExposure(change, finding.subject.series));
  const response = responseWithinStrata(finding.indicator, finding.design.sample);
  const total = response === null ? null : responseShift(finding.design.sample, response);
  const testimonies = exposures.map((exposure): Testimony => {
    const { change } = exposure;
    const reach = candidateKindOf(change).reach(change, finding.subject, graph);
    if (reach === 'none') return { ...innocent(change, unreached(finding)), isUnreached: true };
    if (exposure.sight === 'unmet') return innocent(change, `no traffic of ${finding.subject.service} met it`);
    const others = exposures.filter((other) => other !== exposure && other.sight === 'visible');
    const contrast = response === null ? null : contrastOf(finding, exposure, others, response, phases);
    if (contrast !== null && total !== null) return contrastTestimony(finding, change, contrast, total);
    return placeAndTime(ownPlace.testify(change, finding, reach), timingTestimony(finding, exposure, phases));
  });
  if (response === null || total === null) return testimonies;
  const weighed = weighInteractions(finding, exposures, testimonies, response, phases);
  return clearTheRest(finding, exposures, weighed, (guilty) => shiftWithout(finding, guilty, response, phases), total);
}

/** Where a change sits speaks first, but a time that does not fit clears it. */
function placeAndTime(place: Testimony | null, time: Testimony): Testimony {
  const isFirm = place?.standing === 'innocent' && place.isAbsence !== true;
  if (place === null || (time.standing === 'innocent' && !isFirm)) return time;
  if (place.standing !== 'aligned' || time.standing !== 'aligned') return place;
  return { ...place, sentences: [...place.sentences, ...time.sentences] };
}

function contrastTestimony(finding: Finding, change: Change, contrast: Contrast, total: Interval): Testimony {
  const share = shareOf(contrast, total);
  const sentence = contrastSentence(finding, contrast, share);
  const worsens = finding.indicator.better === 'higher' ? contrast.difference.high < 0 : contrast.difference.low > 0;
  const moves =
    finding.indicator.better === 'either' ? contrast.difference.low * contrast.difference.high > 0 : worsens;
  const standing =
    moves && share.estimate >= MATERIAL_SHARE ? 'guilty' : share.high < NEGLIGIBLE_SHARE ? 'innocent' : 'open';
  return { change, standing, share, sentences: [sentence] };
}

/** What the contrast explains of the whole move: effect where met, times how much met it, over the move. */
function shareOf({ difference, exposedShare }: Contrast, total: Interval): Interval {
  const scale = exposedShare / total.estimate;
  const ends = [difference.low * scale, difference.high * scale].map((end) => Math.min(1, Math.max(0, end)));
  return {
    estimate: Math.min(1, Math.max(0, difference.estimate * scale)),
    low: Math.min(...ends),
    high: Math.max(...ends),
  };
}

function contrastSentence(
  finding: Finding,
  { indicator, difference, exposedShare, blocks }: Contrast,
  share: Interval,
): string {
  const where = named(finding.comparison);
  const met = `${formatPercent(exposedShare)} of the traffic met it`;
  const explains = `explains ${formatPercent(share.estimate)} (${formatPercent(share.low)} to ${formatPercent(share.high)}) of the move`;
  if (indicator === null) {
    return `for ${where}, in ${blocks} blocks where both ran side by side the response differs by ${formatNumber(difference.estimate)}; ${met}; ${explains}`;
  }
  const { low, high } = effectWords(effectOf(indicator, finding.indicator.better), finding.comparison);
  const size = `${low} to ${high}`;
  return `for ${where}: ${formatQuantity(indicator.post, finding.comparison)} with it against ${formatQuantity(indicator.baseline, finding.comparison)} without, in the same ${blocks} blocks (${size}); ${met}; ${explains}`;
}

/** Where what met no guilty change did not move, everything else that it did meet is cleared of this comparison. */
function clearTheRest(
  finding: Finding,
  exposures: readonly Exposure[],
  testimonies: readonly Testimony[],
  shiftWithoutGuilty: (guilty: readonly Exposure[]) => Interval | null,
  total: Interval,
): Testimony[] {
  const guilty = exposures.filter((_, i) => testimonies[i]!.standing === 'guilty');
  if (guilty.length === 0) return [...testimonies];
  const rest = shiftWithoutGuilty(guilty);
  const ends = rest === null ? [] : [rest.low / total.estimate, rest.high / total.estimate];
  if (ends.length === 0 || Math.max(...ends) >= NEGLIGIBLE_SHARE) return withoutAlignment(testimonies, guilty);
  const names = guilty.map((exposure) => exposure.change.id).join(' or ');
  const most = Math.max(0, ...ends);
  const keptLevel = `traffic that met it but not ${names} kept its old ${named(finding.comparison)} (at most ${formatPercent(most)} of the move remains there)`;
  return testimonies.map((testimony) => (isOpen(testimony) ? innocent(testimony.change, keptLevel) : testimony));
}

function isOpen({ standing }: Testimony): boolean {
  return standing !== 'guilty' && standing !== 'enabling' && standing !== 'innocent';
}

function innocent(change: Change, sentence: string): Testimony {
  return { change, standing: 'innocent', share: null, sentences: [sentence] };
}

/** Beside a change that explains most of the move, being together in time is no evidence any more. */
function withoutAlignment(testimonies: readonly Testimony[], guilty: readonly Exposure[]): Testimony[] {
  const explained = Math.max(
    ...testimonies.map(({ standing, share }) => (standing === 'guilty' ? (share?.estimate ?? 0) : 0)),
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

function unreached(finding: Finding): string {
  const { peer } = finding.subject;
  return peer === null
    ? `nothing that ${whereOf(finding)} calls leads to it`
    : `calls between ${whereOf(finding)} and ${peer} do not lead to it`;
}

function whereOf({ subject: { service, endpoint } }: Finding): string {
  return endpoint === null ? service : `${service} ${endpoint}`;
}

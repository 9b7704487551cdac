import { formatNumber, formatPercent } from '../../domain/numbers.ts';
import { effectWords, formatQuantity } from '../../domain/quantities.ts';
import type { Change } from '../../domain/upgrade.ts';
import type { Interval } from '../../statistics/mover.ts';
import { candidateKindOf } from '../candidates/index.ts';
import type { Finding } from '../comparing/comparing.ts';
import { effectOf } from '../comparing/decision.ts';
import type { ComparingContext } from '../comparing/measuring.ts';
import { named } from '../comparison-name.ts';
import type { Phases } from '../phases.ts';
import type { Alignment } from './alignment.ts';
import { type Beside, besideOf } from './beside.ts';
import { type Contrast, EQUIVALENCE } from './contrast.ts';
import { contrastTable, levelsBeside } from './contrast-table.ts';
import { fewInstances } from './few-instances.ts';
import { weighInteractions } from './interaction.ts';
import { shareThatMet } from './met-together.ts';
import type { OwnPlace } from './own-place.ts';
import type { PeerWitness } from './peers/peer-witness.ts';
import { poolOverIndicators } from './pooled-time.ts';
import { shiftWithout } from './remainder.ts';
import { MATERIAL_SHARE, NEGLIGIBLE_SHARE, SUFFICIENT_SHARE } from './share-levels.ts';
import { scaled, shareOfMove, withinOneWhole, withinWhole } from './share-of-move.ts';
import { sharesOf } from './shares.ts';
import type { Testimony } from './standing.ts';
import { plainly, type Statement } from './statement.ts';
import { timingTestimony } from './timing.ts';

/** By finding: what was held beside each other, and by finding and change what that says. */
export interface Heard {
  readonly besides: readonly Beside[];
  readonly testimonies: readonly (readonly Testimony[])[];
}

/**
 * What each regressed comparison says about every change, witness after witness: could it reach this traffic, did traffic
 * meet it, what ran beside it, where does it sit, when did it come. What one comparison establishes at the level of all that
 * is claimed, the others are asked at the ordinary one.
 */
export function hearFindings(
  findings: readonly Finding[],
  context: ComparingContext,
  ownPlace: OwnPlace,
  peers: PeerWitness,
): Heard {
  const claims = findings.length * context.upgrade.changes.length;
  const besides = findings.map((finding) => besideOf(finding, context, claims));
  const established = new Set(
    besides.flatMap((beside) =>
      beside.exposures.flatMap(({ change }, number) => (isGuilty(beside, number, 'strict') ? [change] : [])),
    ),
  );
  const heard = besides.map((beside) => hear(beside, context, { ownPlace, peers }, established));
  return { besides, testimonies: poolOverIndicators(findings, heard) };
}

interface Witnesses {
  readonly ownPlace: OwnPlace;
  readonly peers: PeerWitness;
}

function hear(
  beside: Beside,
  context: ComparingContext,
  { ownPlace, peers }: Witnesses,
  established: ReadonlySet<Change>,
): Testimony[] {
  const { finding } = beside;
  const { phases, graph } = context;
  const testimonies = beside.exposures.map((exposure, number): Testimony => {
    const { change } = exposure;
    const reach = candidateKindOf(change).reach(change, finding.subject, graph);
    if (reach === 'none' && !isSomewhere(change, context)) return placeless(change);
    if (reach === 'none') return { ...innocent(change, unreached(finding)), isUnreached: true };
    if (exposure.sight === 'unmet') {
      return innocent(change, plainly(`no traffic of ${finding.subject.service} met it`));
    }
    const contrasted = byOwnTimes(
      contrastTestimony(beside, number, phases, established.has(change) ? 'any' : 'strict'),
      beside.alignments[number] ?? null,
    );
    if (contrasted !== null && contrasted.standing !== 'open') return contrasted;
    const timing = timingTestimony(finding, exposure, beside.walks[number]?.arrivals ?? null, phases);
    const place = ownPlace.testify(change, finding, reach);
    const elsewhere = peers.weigh(change, finding, placeAndTime(place, timing));
    if (contrasted !== null) return unsettled(contrasted, elsewhere);
    return elsewhere.standing === 'aligned' ? (fewInstances(beside, number, phases) ?? elsewhere) : elsewhere;
  });
  const weighed = splitShares(beside, weighInteractions(beside, testimonies, phases));
  return clearTheRest(beside, weighed, established, phases);
}

/** A change that walked over the instances answers for what began on each when it came, and for nothing else. */
function byOwnTimes(contrasted: Testimony | null, alignment: Alignment | null): Testimony | null {
  if (contrasted === null || alignment === null) return contrasted;
  const { change, statements, standing } = contrasted;
  const isAccused = isCaught(contrasted);
  if (alignment.kind === 'ahead') return innocent(change, alignment.statement);
  if (alignment.kind === 'own') {
    return isAccused ? { ...contrasted, statements: [...statements, alignment.statement] } : contrasted;
  }
  if (alignment.kind === 'together' && !isAccused) return innocent(change, alignment.statement);
  const isOpenNow = alignment.kind === 'partly-ahead' && standing !== 'innocent';
  return isOpenNow ? { ...contrasted, standing: 'open', share: null, statements: [alignment.statement] } : contrasted;
}

function isAhead(alignment: Alignment | null): boolean {
  return alignment?.kind === 'ahead' || alignment?.kind === 'partly-ahead';
}

/** Where a change sits speaks first, but a time that does not fit clears it. */
function placeAndTime(place: Testimony | null, time: Testimony): Testimony {
  const isFirm = place?.standing === 'innocent' && place.isAbsence !== true;
  if (place === null || (time.standing === 'innocent' && !isFirm)) return time;
  if (place.standing !== 'aligned' || time.standing !== 'aligned') return place;
  return { ...place, statements: [...place.statements, ...time.statements] };
}

/** A contrast too wide to tell leaves it to time, but not against its own estimate. */
function unsettled(contrasted: Testimony, elsewhere: Testimony): Testimony {
  if (elsewhere.standing === 'innocent') return elsewhere;
  const isLikely = (contrasted.share?.estimate ?? 0) >= MATERIAL_SHARE;
  return elsewhere.standing === 'aligned' && isLikely
    ? { ...elsewhere, statements: [...contrasted.statements, ...elsewhere.statements] }
    : contrasted;
}

/** Does the contrast, by the interval asked, show that the change did a material part of the move? */
function isGuilty(beside: Beside, number: number, by: 'strict' | 'any'): boolean {
  const contrast = beside.contrasts[number] ?? null;
  if (contrast === null || beside.total === null || isAhead(beside.alignments[number] ?? null)) return false;
  const { low, high } = contrast[by];
  const moves = { lower: low > 0, higher: high < 0, either: low * high > 0 }[beside.finding.indicator.better];
  const isMaterial = shareOf(beside, number, contrast.difference, beside.total).estimate >= MATERIAL_SHARE;
  return moves && isMaterial && (shareByOdds(beside, number) ?? 1) >= MATERIAL_SHARE;
}

/** What a change explains, had its arms, marked before it, moved by the same odds; null where arms were not marked. */
function shareByOdds(beside: Beside, number: number): number | null {
  const effect = beside.byOdds[number] ?? null;
  if (effect === null || beside.total === null) return null;
  return (effect * shareThatMet(beside, [beside.exposures[number]!])) / beside.total.estimate;
}

/** Null where nothing ran beside its traffic. */
function contrastTestimony(beside: Beside, number: number, phases: Phases, by: 'strict' | 'any'): Testimony | null {
  const { finding, exposures, contrasts, total } = beside;
  const contrast = contrasts[number] ?? null;
  if (contrast === null || total === null) return null;
  const { change } = exposures[number]!;
  const share = shareOf(beside, number, contrast.difference, total);
  const others = contrast.inseparableFrom.map((other) => exposures[other]!.change);
  const caught = others.length === 0 ? 'guilty' : 'entangled';
  const met = shareThatMet(beside, [exposures[number]!]);
  const most = scaled(contrast.equivalence, met / total.estimate).high;
  const standing = isGuilty(beside, number, by) ? caught : most < NEGLIGIBLE_SHARE ? 'innocent' : 'open';
  const visible = exposures.filter(({ sight }) => sight === 'visible');
  const byOdds = shareByOdds(beside, number);
  const isDoubted = standing === 'open' && byOdds !== null && byOdds < MATERIAL_SHARE;
  return {
    change,
    standing,
    share: isDoubted ? null : share,
    statements: [
      contrastStatement(beside, number, contrast, share, phases),
      ...(isDoubted ? [oddsStatement(finding, byOdds)] : []),
      ...setStatements(change, others),
    ],
    inseparableFrom: others,
    table: () => contrastTable(finding, visible, phases),
  };
}

/** What the contrast explains of the whole move: effect where met, times how much met it, over the move. */
function shareOf(beside: Beside, number: number, difference: Interval, total: Interval): Interval {
  const met = shareThatMet(beside, [beside.exposures[number]!]);
  return withinWhole(shareOfMove(scaled(difference, met), total));
}

/** What several guilty changes did is split between them, so that their shares do not add up to more than was done. */
function splitShares(beside: Beside, testimonies: readonly Testimony[]): Testimony[] {
  const guilty = testimonies.flatMap(({ standing }, number) => (standing === 'guilty' ? [number] : []));
  const parts = guilty.length < 2 ? [] : (sharesOf(beside, guilty)?.parts ?? []);
  const wholes = withinOneWhole(parts);
  return testimonies.map((testimony) => {
    const part = parts.find(({ change }) => change === testimony.change.id);
    return part === undefined ? testimony : { ...testimony, share: wholes.get(part)! };
  });
}

function oddsStatement(finding: Finding, share: number): Statement {
  return {
    claim:
      'those who met it were marked before, and had they moved by the same odds as the others it would explain no material part',
    place: named(finding.comparison),
    detail: formatPercent(share),
  };
}

function setStatements(change: Change, others: readonly Change[]): Statement[] {
  if (others.length === 0) return [];
  const names = others.map(({ id }) => id).join(' and ');
  return [plainly(`all traffic that met ${change.id} met ${names} too, or the sum of them tells no difference`)];
}

function contrastStatement(
  beside: Beside,
  number: number,
  contrast: Contrast,
  share: Interval,
  phases: Phases,
): Statement {
  const { finding, exposures } = beside;
  const exposure = exposures[number]!;
  const others = exposures.filter(
    (other, index) => other !== exposure && other.sight === 'visible' && !contrast.inseparableFrom.includes(index),
  );
  const levels = levelsBeside(finding, exposure, others, phases);
  const place = named(finding.comparison);
  const claim = `in the same ${contrast.blocks} blocks, with it against without it, judged by ${contrast.basis.count} ${contrast.basis.kind}`;
  const met = `${formatPercent(shareThatMet(beside, [exposure]))} of the traffic met it`;
  const explains = `explains ${formatPercent(share.estimate)} (${formatPercent(share.low)} to ${formatPercent(share.high)}) of the move`;
  if (levels === null) {
    const differs = `the response differs by ${formatNumber(contrast.difference.estimate)}`;
    return { claim, place, detail: `${differs}; ${met}; ${explains}` };
  }
  const { low, high } = effectWords(effectOf(levels, finding.indicator.better), finding.comparison);
  const [withIt, without] = [levels.post, levels.baseline].map((level) => formatQuantity(level, finding.comparison));
  return { claim, place, detail: `${withIt} against ${without}, ${low} to ${high}; ${met}; ${explains}` };
}

/** Where what met no guilty change did not move, everything else that it did meet is cleared of this comparison. */
function clearTheRest(
  beside: Beside,
  testimonies: readonly Testimony[],
  established: ReadonlySet<Change>,
  phases: Phases,
): Testimony[] {
  const { finding, exposures, response, total } = beside;
  const guilty = exposures.filter((_, i) => isCaught(testimonies[i]!));
  if (guilty.length === 0) return withoutAlignment(finding, testimonies, established);
  if (response === null || total === null) return [...testimonies];
  const rest = shiftWithout(finding, guilty, response, phases, EQUIVALENCE);
  const ends = rest === null ? [] : [rest.low / total.estimate, rest.high / total.estimate];
  if (ends.length === 0 || Math.max(...ends) >= NEGLIGIBLE_SHARE)
    return withoutAlignment(finding, testimonies, established);
  const names = guilty.map((exposure) => exposure.change.id).join(' or ');
  const most = Math.max(0, ...ends);
  const keptLevel = {
    claim: `traffic that met it but not ${names} kept its old level`,
    place: named(finding.comparison),
    detail: `at most ${formatPercent(most)} of the move remains there`,
  };
  return testimonies.map((testimony) =>
    isOpen(testimony) || testimony.isAbsence === true ? innocent(testimony.change, keptLevel) : testimony,
  );
}

/** Caught by what ran beside it, alone or with others. */
function isCaught({ standing }: Testimony): boolean {
  return standing === 'guilty' || standing === 'entangled';
}

function isOpen({ standing }: Testimony): boolean {
  return standing !== 'guilty' && standing !== 'entangled' && standing !== 'enabling' && standing !== 'innocent';
}

function innocent(change: Change, statement: Statement): Testimony {
  return { change, standing: 'innocent', share: null, statements: [statement] };
}

/** Beside a change that explains most of the move, being together in time is no evidence any more. */
function withoutAlignment(
  { comparison }: Finding,
  testimonies: readonly Testimony[],
  established: ReadonlySet<Change>,
): Testimony[] {
  const explaining = testimonies.filter(
    (testimony) =>
      (isCaught(testimony) || established.has(testimony.change)) &&
      (testimony.share?.estimate ?? 0) >= SUFFICIENT_SHARE,
  );
  if (explaining.length === 0) return [...testimonies];
  const names = explaining.map(({ change }) => change.id).join(' or ');
  const explained = Math.max(...explaining.map(({ share }) => share?.estimate ?? 0));
  const statements = [
    {
      claim: `${names} already explains most of it`,
      place: named(comparison),
      detail: formatPercent(explained),
    },
  ];
  return testimonies.map((testimony) =>
    isOpen(testimony) && !explaining.includes(testimony) ? { ...testimony, standing: 'open', statements } : testimony,
  );
}

/** The telemetry, or the document's dependencies, tell of it. */
function isSomewhere({ peer, service }: Change, { places, upgrade }: ComparingContext): boolean {
  const place = peer ?? service;
  return place === null || places.has(place) || upgrade.dependencies.some((pair) => pair.includes(place));
}

/** Who is not known to be anywhere is not cleared for being nowhere near. */
function placeless(change: Change): Testimony {
  const statements = [
    plainly(`no telemetry tells of ${change.peer ?? change.service}, so nothing says what it could reach`),
  ];
  return { change, standing: 'open', share: null, statements };
}

function unreached(finding: Finding): Statement {
  const { peer } = finding.subject;
  const place = peer === null ? whereOf(finding) : `${whereOf(finding)} to ${peer}`;
  return { claim: 'it lies on no path of calls from', place, detail: null };
}

function whereOf({ subject: { service, endpoint } }: Finding): string {
  return endpoint === null ? service : `${service} ${endpoint}`;
}

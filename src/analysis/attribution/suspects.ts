import type { Shares, Suspect, SuspectVerdict } from '../../domain/report.ts';
import type { Change } from '../../domain/upgrade.ts';
import type { Finding } from '../comparing/comparing.ts';
import type { ComparingContext } from '../comparing/measuring.ts';
import { strength } from '../comparison-strength.ts';
import { benefitsOf } from './benefit.ts';
import { judgeOwnPlaces } from './own-place.ts';
import { peerWitness } from './peers/peer-witness.ts';
import { falsifier, separatingStep } from './separation.ts';
import { sharesOf } from './shares.ts';
import { STANDING_SCORE, type Standing, type Testimony } from './standing.ts';
import { sentencesOf } from './statement.ts';
import { hearFindings } from './testimony.ts';

/** Sentences a report shows for one change; the strongest comparisons speak first. */
const MOST_SENTENCES = 4;
/** A change is cleared when comparisons with at least this share of the evidence clear it, and none accuses it. */
const CLEARED_SHARE = 0.5;

interface Hearing {
  readonly finding: Finding;
  readonly weight: number;
  readonly testimonies: readonly Testimony[];
}

interface Judged {
  /** Most of what could have met it speaks against it, whoever else is accused. */
  readonly isFirm: boolean;
  readonly change: Change;
  readonly score: number;
  readonly verdict: SuspectVerdict;
  readonly share: Suspect['share'];
  readonly inseparableFrom: readonly string[];
  readonly evidence: readonly string[];
  readonly separateBy: string | null;
  readonly falsifiedBy: string | null;
  readonly table: Suspect['table'];
}

export interface Attribution {
  readonly suspects: readonly Suspect[];
  /** Of every regressed comparison; null where nothing was told apart by its traffic. */
  readonly shares: ReadonlyMap<Finding, Shares | null>;
}

/** Every change of the document, most likely cause first: what each regressed comparison says, weighed and summed up. */
export function attribute(findings: readonly Finding[], context: ComparingContext): Attribution {
  const regressed = findings.filter(({ comparison }) => comparison.verdict === 'regressed');
  const { graph, upgrade, phases } = context;
  const peers = peerWitness({ findings, graph, changes: upgrade.changes }, phases);
  const ownPlace = judgeOwnPlaces(findings, graph, upgrade.changes, peers.isCallersOwn);
  const { besides, testimonies } = hearFindings(regressed, context, ownPlace, peers);
  const hearings = regressed
    .map((finding, i) => ({
      finding,
      weight: strength(finding.comparison),
      testimonies: unlessUnexplained(testimonies[i]!),
    }))
    .sort((left, right) => right.weight - left.weight);
  const judged = context.upgrade.changes.map((change, index) =>
    hearings.length === 0 ? nothingToExplain(change, findings) : judge(change, index, hearings, findings, context),
  );
  const ranked = (judged.some(({ verdict }) => RANK_OF_VERDICT[verdict] === 0) ? judged : judged.map(unlessOpen))
    .map((one, order) => ({ one, order }))
    .sort(
      (left, right) =>
        RANK_OF_VERDICT[left.one.verdict] - RANK_OF_VERDICT[right.one.verdict] ||
        right.one.score - left.one.score ||
        left.order - right.order,
    )
    .map(({ one }) => one);
  const suspects = untied(ranked).map((one, index) => asSuspect(one, index + 1));
  const accused = new Set(judged.flatMap(({ change, verdict }) => (isAccusing(verdict) ? [change] : [])));
  const shares = new Map(
    besides.map((beside, i) => [beside.finding, sharesOf(beside, shownGuilty(testimonies[i]!, accused), true)]),
  );
  return { suspects, shares };
}

function isAccusing(verdict: SuspectVerdict): boolean {
  return verdict === 'blamed' || verdict === 'contributing';
}

/** Numbers of the accused that this comparison itself shows to be guilty: only what was identified is given a share. */
function shownGuilty(testimonies: readonly Testimony[], accused: ReadonlySet<Change>): number[] {
  return testimonies.flatMap(({ change, standing }, number) =>
    accused.has(change) && (standing === 'guilty' || standing === 'enabling') ? [number] : [],
  );
}

/** Who is accused comes before who is not, and who is cleared comes last, whatever the scores. */
const RANK_OF_VERDICT: Readonly<Record<SuspectVerdict, number>> = {
  blamed: 0,
  contributing: 0,
  'cannot-separate': 0,
  'no-evidence': 1,
  cleared: 2,
};

/** Where nobody is accused, that most of what got worse does not lead to a change clears it no more. */
function unlessOpen(one: Judged): Judged {
  return one.verdict === 'cleared' && !one.isFirm ? { ...one, verdict: 'no-evidence' } : one;
}

/** A tie would say "inseparable": only alias sets may tie, others keep the order of the document by a hair. */
const HAIR = 0.0001;

function untied(ranked: readonly Judged[]): Judged[] {
  const spaced: Judged[] = [];
  for (const one of [...ranked].reverse()) {
    const next = spaced[0];
    const alias = next?.inseparableFrom.includes(one.change.id) ?? false;
    const least = next === undefined ? 0 : alias ? next.score : next.score + HAIR;
    spaced.unshift({ ...one, score: Number(Math.max(one.score, least).toFixed(4)) });
  }
  return spaced;
}

/** Where no change is left to account for what got worse, not having been found worse clears nobody. */
function unlessUnexplained(testimonies: readonly Testimony[]): readonly Testimony[] {
  if (testimonies.some(({ standing }) => standing !== 'innocent' && standing !== 'open')) return testimonies;
  return testimonies.map((testimony) =>
    testimony.isAbsence === true ? { ...testimony, standing: 'open', isAbsence: false } : testimony,
  );
}

function nothingToExplain(change: Change, findings: readonly Finding[]): Judged {
  const untold = findings.length === 0 || findings.some(({ comparison }) => comparison.verdict === 'cannot-tell');
  return {
    isFirm: true,
    change,
    score: 0,
    verdict: untold ? 'no-evidence' : 'cleared',
    share: null,
    inseparableFrom: [],
    evidence: [untold ? 'No comparison shows a regression, but not all could be told.' : 'Nothing got worse.'],
    separateBy: null,
    falsifiedBy: null,
    table: null,
  };
}

function judge(
  change: Change,
  index: number,
  hearings: readonly Hearing[],
  findings: readonly Finding[],
  context: ComparingContext,
): Judged {
  const own = hearings.map((hearing) => hearing.testimonies[index]!);
  const share = strongestShare(own);
  const isGuilty = own.some(({ standing }) => standing === 'guilty' || standing === 'enabling');
  const rivals = isGuilty ? [] : rivalsOf(index, hearings);
  const verdict = verdictOf(own, hearings, rivals);
  const evidence = [
    ...evidenceOf(own, verdict),
    ...(verdict === 'blamed' ? sentencesOf(benefitsOf(change, findings, context)) : []),
  ];
  const isAccused = isAccusing(verdict);
  return {
    isFirm: isMostlyInnocent(own, hearings, ({ isUnreached }) => isUnreached !== true),
    change,
    score: scoreOf(own, hearings),
    verdict,
    share: isAccused ? share : null,
    inseparableFrom: verdict === 'cannot-separate' ? rivals.map((rival) => rival.id) : [],
    evidence,
    separateBy:
      verdict === 'cannot-separate'
        ? separatingStep([change, ...rivals], mostAccusing(own, hearings), context.phases)
        : null,
    falsifiedBy: isAccused ? falsifier(change, share, mostAccusing(own, hearings), context.phases) : null,
    table: tableOf(own, verdict),
  };
}

/** The levels behind what was said of it: where it is accused those that accuse it, else those that clear it. */
function tableOf(own: readonly Testimony[], verdict: SuspectVerdict): Suspect['table'] {
  const sign = verdict === 'cleared' ? -1 : 1;
  const speaking = [...own].sort((a, b) => sign * (STANDING_SCORE[b.standing] - STANDING_SCORE[a.standing]))[0];
  return speaking?.table?.() ?? null;
}

function verdictOf(own: readonly Testimony[], hearings: readonly Hearing[], rivals: readonly Change[]): SuspectVerdict {
  const standings = new Set(own.map(({ standing }) => standing));
  const weigh = (wanted: Standing): number => weightOf(hearings.filter((_, i) => own[i]!.standing === wanted));
  if (weigh('enabling') > weigh('guilty')) return 'contributing';
  if (standings.has('guilty')) return (strongestShare(own)?.estimate ?? 0) >= 0.5 ? 'blamed' : 'contributing';
  if (standings.has('entangled')) return 'cannot-separate';
  if (standings.has('aligned')) return rivals.length === 0 ? 'blamed' : 'cannot-separate';
  return isMostlyInnocent(own, hearings, () => true) ? 'cleared' : 'no-evidence';
}

function isMostlyInnocent(
  own: readonly Testimony[],
  hearings: readonly Hearing[],
  counts: (testimony: Testimony) => boolean,
): boolean {
  const counted = hearings.filter((_, i) => counts(own[i]!));
  const innocent = hearings.filter((_, i) => counts(own[i]!) && own[i]!.standing === 'innocent');
  return weightOf(innocent) >= CLEARED_SHARE * weightOf(counted);
}

/** The strongest comparison among those that accuse it most. */
function mostAccusing(own: readonly Testimony[], hearings: readonly Hearing[]): Finding {
  const scores = own.map(({ standing }) => STANDING_SCORE[standing]);
  return hearings[scores.indexOf(Math.max(...scores))]!.finding;
}

function weightOf(hearings: readonly Hearing[]): number {
  return hearings.reduce((sum, { weight }) => sum + weight, 0);
}

/** Those that met the same traffic; else those that fit in time as well. */
function rivalsOf(index: number, hearings: readonly Hearing[]): Change[] {
  const entangled = hearings.flatMap(({ testimonies }) =>
    testimonies[index]!.standing === 'entangled' ? (testimonies[index]!.inseparableFrom ?? []) : [],
  );
  return entangled.length > 0 ? [...new Set(entangled)] : alignedRivals(index, hearings);
}

/** Other changes that fit in time as well, in a comparison where nobody is guilty. */
function alignedRivals(index: number, hearings: readonly Hearing[]): Change[] {
  const rivals = new Map<string, Change>();
  for (const { testimonies } of hearings) {
    if (
      testimonies[index]!.standing !== 'aligned' ||
      testimonies.some(({ standing }) => standing === 'guilty' || standing === 'entangled')
    )
      continue;
    const isApart = testimonies[index]!.standsApart === true;
    testimonies.forEach(({ standing, change, standsApart }, i) => {
      if (i === index || standing !== 'aligned' || (isApart && standsApart === true)) return;
      rivals.set(change.id, change);
    });
  }
  return [...rivals.values()];
}

/** In the strongest comparison in which it is guilty, so that the shares of several changes there are of one move. */
function strongestShare(own: readonly Testimony[]): Suspect['share'] {
  return own.find(({ standing, share }) => standing === 'guilty' && share !== null)?.share ?? null;
}

/** A guilty change counts by what it explains, at least half; an open one by its emphasis, an aligned one from open up. */
function standingScore({ standing, share, emphasis }: Testimony): number {
  const { aligned, open } = STANDING_SCORE;
  if (standing === 'aligned') return open + (aligned - open) * (emphasis ?? 1);
  if (standing === 'open') return open * (emphasis ?? 1);
  return STANDING_SCORE[standing] * (standing === 'guilty' ? Math.max(0.5, share?.estimate ?? 0) : 1);
}

/** Mean of what the comparisons say, weighed by how strongly each moved. */
function scoreOf(own: readonly Testimony[], hearings: readonly Hearing[]): number {
  let sum = 0;
  let total = 0;
  own.forEach((testimony, i) => {
    const { weight } = hearings[i]!;
    sum += weight * standingScore(testimony);
    total += weight;
  });
  return total === 0 ? 0 : Number((sum / total).toFixed(4));
}

/** What supports the verdict speaks first; the same sentence is said once. */
function evidenceOf(own: readonly Testimony[], verdict: SuspectVerdict): string[] {
  const sign = verdict === 'cleared' ? -1 : 1;
  const ordered = [...own].sort((a, b) => sign * (STANDING_SCORE[b.standing] - STANDING_SCORE[a.standing]));
  return sentencesOf(ordered.flatMap(({ statements }) => statements)).slice(0, MOST_SENTENCES);
}

function asSuspect(judged: Judged, rank: number): Suspect {
  return {
    rank,
    change: judged.change.id,
    kind: judged.change.kind,
    score: judged.score,
    verdict: judged.verdict,
    share: judged.share,
    inseparable_from: judged.inseparableFrom,
    evidence: judged.evidence,
    separate_by: judged.separateBy,
    falsified_by: judged.falsifiedBy,
    table: judged.table,
  };
}

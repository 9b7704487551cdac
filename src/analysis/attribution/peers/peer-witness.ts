import { formatPercent, withSign } from '../../../domain/numbers.ts';
import { effectWords } from '../../../domain/quantities.ts';
import type { Change } from '../../../domain/upgrade.ts';
import type { Interval } from '../../../statistics/mover.ts';
import { candidateKindOf } from '../../candidates/index.ts';
import type { Finding } from '../../comparing/comparing.ts';
import { named } from '../../comparison-name.ts';
import { strength } from '../../comparison-strength.ts';
import type { Phases } from '../../phases.ts';
import type { Testimony } from '../standing.ts';
import { plainly, type Statement } from '../statement.ts';
import { isWorse, type PeerContrast, peerContrast } from './peer-contrast.ts';
import { callsElsewhere, endpointsWithout, isCall, type Surroundings } from './unexposed.ts';

/** Reads a change off the peer it sits on: calls to it against calls of the same caller elsewhere. */
export interface PeerWitness {
  /** What place and time say, with what the peer adds to it or speaks against. */
  weigh(change: Change, finding: Finding, said: Testimony): Testimony;
  /** Calls that got worse together, whoever answered: what they show lies with the caller. */
  isCallersOwn(finding: Finding): boolean;
}

export function peerWitness(surroundings: Surroundings, phases: Phases): PeerWitness {
  const { findings, graph } = surroundings;
  const calls = findings.filter((one) => isCall(one, graph) && one.comparison.verdict === 'regressed');
  const known = new Map<Finding, PeerContrast | null>();
  const contrastOf = (finding: Finding): PeerContrast | null => {
    if (!known.has(finding)) {
      const others = callsElsewhere(finding, surroundings);
      const contrast = others.length === 0 ? null : peerContrast(finding, others, phases);
      const isSeen = contrast?.kind === 'alike' && [finding, ...others].some((one) => isSeenThere(one, surroundings));
      known.set(finding, isSeen ? { ...contrast, kind: 'untold' } : contrast);
    }
    return known.get(finding)!;
  };
  const callersOwn = callsOfOneCause(calls, surroundings, contrastOf);
  return {
    isCallersOwn: (finding) => callersOwn.has(finding),
    weigh(change, finding, said) {
      const peer = candidateKindOf(change).exposedPeer(change);
      if (peer === null) return said;
      const toPeer = calls.filter(({ subject }) => graph.isSame(subject.peer!, peer));
      const own = toPeer.filter(({ subject }) => subject.service === finding.subject.service);
      const heard = own.length > 0 ? own : toPeer;
      const contrasts = heard.flatMap((call) => contrastOf(call) ?? []);
      const told = strongestTold(contrasts);
      if (told !== null) return byCalls(told, change, peer, said);
      const others = endpointsWithout(finding, peer, surroundings);
      const byEndpoint = others.length === 0 ? null : peerContrast(finding, others, phases);
      if (byEndpoint !== null && byEndpoint.kind !== 'untold') return byEndpoints(byEndpoint, change, peer, said);
      const isAlone = contrasts.length === 0 && heard.length > 0 && !hasEndpointsWithout(heard[0]!, peer, surroundings);
      return isAlone ? onlyPeer(heard[0]!, peer, said) : said;
    },
  };
}

/** Is the callee's own side measured? Then that tells whether it was the callee. */
function isSeenThere({ subject: { peer } }: Finding, { findings, graph }: Surroundings): boolean {
  return findings.some(({ subject }) => subject.peer === null && graph.isSame(subject.service, peer!));
}

/** Calls that got worse together with those to other peers, in whatever was measured of them. */
function callsOfOneCause(
  calls: readonly Finding[],
  surroundings: Surroundings,
  contrastOf: (finding: Finding) => PeerContrast | null,
): Set<Finding> {
  const together = calls.flatMap((finding) => {
    const others = callsElsewhere(finding, surroundings);
    const isAsked = others.length > 0 && others.every(isWorse);
    return isAsked && contrastOf(finding)?.kind === 'alike' ? [finding, ...others] : [];
  });
  const known = new Set(together.map(measuredAt));
  return new Set(calls.filter((finding) => known.has(measuredAt(finding)) && contrastOf(finding)?.kind !== 'apart'));
}

/** Calls to one peer, and what of them: times, attempts or failures. */
function measuredAt({ subject: { service, endpoint, peer }, indicator }: Finding): string {
  return JSON.stringify([service, endpoint, peer, indicator.about]);
}

function hasEndpointsWithout({ subject }: Finding, peer: string, surroundings: Surroundings): boolean {
  const own = surroundings.findings.filter((one) => one.subject.service === subject.service);
  return own.some((one) => endpointsWithout(one, peer, surroundings).length > 0);
}

/** A peer that stands apart in any of its calls is not cleared by others. Factors, which anybody can read, speak first. */
function strongestTold(contrasts: readonly PeerContrast[]): PeerContrast | null {
  const inOrder = [...contrasts].sort(
    (a, b) =>
      Number(b.scale === 'factor') - Number(a.scale === 'factor') ||
      strength(b.finding.comparison) - strength(a.finding.comparison),
  );
  return inOrder.find(({ kind }) => kind === 'apart') ?? inOrder.find(({ kind }) => kind === 'alike') ?? null;
}

function byCalls(contrast: PeerContrast, change: Change, peer: string, said: Testimony): Testimony {
  const { service } = contrast.finding.subject;
  const rest = `calls of ${sameInstances(contrast)} to ${otherPeers(contrast)}`;
  if (contrast.kind === 'apart') {
    const claim = `calls to ${peer} got worse; ${rest} in the same blocks did not`;
    return { ...withStatement(said, { claim, ...numbersOf(contrast) }), standsApart: true };
  }
  const claim = `${rest}, which nobody changed, got as much worse in the same blocks as those to ${peer}, so that the cause lies with ${service}`;
  return { change, standing: 'innocent', share: null, statements: [{ claim, ...numbersOf(contrast) }] };
}

/** A service that is held up by one endpoint is slow at all of them: alike weakens, and does not clear. */
function byEndpoints(contrast: PeerContrast, change: Change, peer: string, said: Testimony): Testimony {
  const { service } = contrast.finding.subject;
  const count = contrast.others.length;
  const rest = `what never calls ${peer}, ${count === 1 ? 'an endpoint' : `${count} endpoints`} of ${service},`;
  if (contrast.kind === 'apart') {
    return withStatement(said, { claim: `${rest} kept its level in the same blocks`, ...numbersOf(contrast) });
  }
  if (said.standing !== 'aligned') return said;
  const claim = `${rest} got as much worse in the same blocks`;
  return { change, standing: 'open', share: null, statements: [{ claim, ...numbersOf(contrast) }] };
}

function onlyPeer({ subject }: Finding, peer: string, said: Testimony): Testimony {
  if (said.standing !== 'aligned') return said;
  const sentence = `no calls of ${subject.service} to other peers can be held against those to ${peer}: its place and its time alone speak`;
  return { ...said, statements: [...said.statements, plainly(sentence)] };
}

function withStatement(said: Testimony, statement: Statement): Testimony {
  return said.standing === 'aligned' ? { ...said, statements: [statement, ...said.statements] } : said;
}

function sameInstances({ instances }: PeerContrast): string {
  return instances === 0
    ? 'the same caller'
    : instances === 1
      ? 'the same instance'
      : `the same ${instances} instances`;
}

function otherPeers({ others }: PeerContrast): string {
  const peers = [...new Set(others.map(({ subject }) => subject.peer))];
  return peers.length === 1 ? peers[0]! : `${peers.length} other peers`;
}

/** "+156% against +1%, −2% to +4%". */
function numbersOf(contrast: PeerContrast): Pick<Statement, 'place' | 'detail'> {
  const { comparison } = contrast.finding;
  const worse = comparison.better === 'higher' ? -1 : 1;
  const words = (value: number): string =>
    contrast.scale === 'factor'
      ? withSign(Math.expm1(worse * value), formatPercent)
      : effectWords({ kind: 'absolute', ...atOnce(worse * value), margin: Number.NaN }, comparison).estimate;
  const { estimate, low, high } = contrast.rest;
  return {
    place: named(comparison),
    detail: `${words(contrast.own.estimate)} against ${words(estimate)}, ${words(low)} to ${words(high)}`,
  };
}

function atOnce(value: number): Interval {
  return { estimate: value, low: value, high: value };
}

import type { ComparisonMethod, Mechanism, Suspect } from '../../domain/report.ts';
import type { Change } from '../../domain/upgrade.ts';
import { asSentence } from '../attribution/statement.ts';
import { candidateKindOf } from '../candidates/index.ts';
import type { Finding } from '../comparing/comparing.ts';
import type { ComparingContext } from '../comparing/measuring.ts';
import { strength } from '../comparison-strength.ts';
import { readExposure } from '../exposure/exposure.ts';
import type { Subject } from '../subjects.ts';
import { besideSample } from './beside-sample.ts';
import { MECHANISMS } from './index.ts';
import type { ArmNames, MechanismKind, Signature, Traffic } from './mechanism.ts';

/** A mechanism with what it says about the changes whose exposure shows it as well. */
export interface ShownMechanism {
  readonly mechanism: Mechanism;
  readonly testimonies: readonly MechanismTestimony[];
}

export interface MechanismTestimony {
  readonly change: string;
  readonly sentence: string;
}

const BEFORE_AND_AFTER: ArmNames = { baseline: 'before', post: 'after' };
const WITHOUT_AND_WITH: ArmNames = { baseline: 'without it', post: 'with it' };
/** Designs whose arms are traffic with and without the changes. */
const CONCURRENT: ReadonlySet<ComparisonMethod | null> = new Set(['concurrent']);

/** How the regressions came about, in the order of the findings and of the registry. */
export function shownMechanisms(findings: readonly Finding[], context: ComparingContext): ShownMechanism[] {
  const bySubject = new Map<Subject, Finding[]>();
  for (const finding of findings) {
    if (finding.comparison.verdict !== 'regressed') continue;
    bySubject.set(finding.subject, [...(bySubject.get(finding.subject) ?? []), finding]);
  }
  return [...bySubject.values()].flatMap((regressed) =>
    [...MECHANISMS].flatMap(([name, kind]) => shownBy(name, kind, regressed, context) ?? []),
  );
}

function shownBy(
  name: string,
  kind: MechanismKind,
  regressed: readonly Finding[],
  context: ComparingContext,
): ShownMechanism | null {
  const explained = regressed.filter(({ indicator }) => kind.explains(indicator.name));
  if (explained.length === 0) return null;
  const clearest = explained.reduce((best, one) => (strength(one.comparison) > strength(best.comparison) ? one : best));
  const { subject, design } = clearest;
  const { phases, upgrade } = context;
  const arms = CONCURRENT.has(design.method)
    ? { baseline: 'without the changes', post: 'with them' }
    : BEFORE_AND_AFTER;
  const traffic: Traffic = { subject, sample: design.sample, phases, arms, margins: upgrade.margins };
  const signature = kind.signatureOf(traffic);
  if (signature === null) return null;
  const testimonies = kind.comparesArms ? testimoniesOf(kind, signature, traffic, context) : [];
  const { service, endpoint, peer } = subject;
  return {
    mechanism: {
      mechanism: name,
      service,
      endpoint,
      peer,
      explains: explained.map(({ indicator }) => indicator.name),
      evidence: [...signature.sentences.map(asSentence), ...testimonies.map(({ sentence }) => sentence)],
      figures: signature.figures,
      suspects: testimonies.map(({ change }) => change),
    },
    testimonies,
  };
}

/** The changes whose traffic shows the same signature against traffic without them, in the same blocks. */
function testimoniesOf(
  kind: MechanismKind,
  { manner }: Signature,
  traffic: Traffic,
  { upgrade, phases, graph }: ComparingContext,
): MechanismTestimony[] {
  const { subject } = traffic;
  const exposures = upgrade.changes.map((change) => readExposure(change, subject.series));
  return exposures.flatMap((exposure): MechanismTestimony[] => {
    const { change } = exposure;
    if (candidateKindOf(change).reach(change, subject, graph) === 'none') return [];
    const others = exposures.filter((other) => other !== exposure && other.sight === 'visible');
    const sample = besideSample(subject, exposure, others, phases);
    if (sample === null) return [];
    const beside = kind.signatureOf({ ...traffic, sample, arms: WITHOUT_AND_WITH });
    if (beside === null || beside.manner !== manner) return [];
    return [{ change: change.id, sentence: testimony(change, beside, sample.clusters[1]) }];
  });
}

function testimony(change: Change, { manner, sentences }: Signature, blocks: number): string {
  return `${change.id} did it by ${manner}: ${sentences[0] ?? ''}, in the same ${blocks} blocks.`;
}

/** The suspects, each with what the mechanisms say of it. */
export function withMechanisms(suspects: readonly Suspect[], shown: readonly ShownMechanism[]): Suspect[] {
  return suspects.map((suspect) => {
    const said = shown.flatMap(({ testimonies }) => testimonies.filter(({ change }) => change === suspect.change));
    const sentences = [...new Set(said.map(({ sentence }) => sentence))];
    return sentences.length === 0 ? suspect : { ...suspect, evidence: [...suspect.evidence, ...sentences] };
  });
}

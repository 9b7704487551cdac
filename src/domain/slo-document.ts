import { choice, exactly, fromPercent, openMapping, schemaProblems } from './document-fields.ts';
import type { FieldPath, Problem } from './document-problem.ts';
import { documentError, quoted } from './document-problem.ts';
import { describeQuality, type QualityFinding } from './quality.ts';
import type { Slo } from './slo.ts';
import type { Binding, PlacedIndicator } from './slo-binding.ts';
import { bindIndicator } from './slo-binding.ts';
import type { StatedObjective, StatedSlo } from './slo-schema.ts';
import { sliSchema, sloSchema } from './slo-schema.ts';
import type { PlacedDocument } from './yaml-place.ts';
import { readYaml } from './yaml-place.ts';

/** An SLO that is well-formed and cannot be computed from the telemetry, with the reason as the end of a sentence. */
export interface UnboundSlo {
  readonly name: string;
  readonly reason: string;
}

export interface DecodedSlos {
  readonly slos: readonly Slo[];
  readonly unbound: readonly UnboundSlo[];
}

const KINDS = [
  'SLO',
  'SLI',
  'DataSource',
  'Service',
  'AlertPolicy',
  'AlertCondition',
  'AlertNotificationTarget',
] as const;

const headerSchema = openMapping({ apiVersion: exactly('openslo/v1'), kind: choice('kind', KINDS) });

/**
 * The SLOs of an OpenSLO v1 file (several YAML documents). Sources of type `postflight` bind an SLO to an endpoint; others
 * are returned as unbound. Throws an `AppError` of code `document` that tells everything wrong with the file.
 */
export function decodeSlos(text: string, place: string): DecodedSlos {
  const documents = readYaml(text, place);
  if (documents.length === 0) {
    const remedy = 'start with apiVersion: openslo/v1 and kind: SLO';
    throw documentError(place, [{ line: 1, path: [], message: 'the document is empty', remedy }]);
  }
  const reader = new SloReader();
  const slos = documents.filter((document) => reader.readHeader(document) === 'SLO');
  for (const document of slos) reader.readSlo(document);
  if (reader.problems.length > 0) throw documentError(place, reader.problems);
  return { slos: reader.slos, unbound: reader.unbound };
}

/** SLOs of several documents; those that cannot be computed become findings. */
export function decodeAllSlos(documents: readonly { readonly name: string; readonly text: string }[]): {
  slos: Slo[];
  findings: QualityFinding[];
} {
  const decoded = documents.map(({ name, text }) => decodeSlos(text, name));
  const unbound = decoded.flatMap((one) => one.unbound);
  return {
    slos: decoded.flatMap((one) => one.slos),
    findings: unbound.map(({ name, reason }) => describeQuality('slo-not-bound', reason, name)),
  };
}

class SloReader {
  readonly problems: Problem[] = [];
  readonly slos: Slo[] = [];
  readonly unbound: UnboundSlo[] = [];
  readonly #indicators = new Map<string, PlacedIndicator>();
  readonly #lineOfName = new Map<string, number>();

  /** Checks what every document has, takes in SLIs, and answers the kind. */
  readHeader(document: PlacedDocument): string | null {
    const header = headerSchema.safeParse(document.value);
    if (!header.success) {
      this.#add(schemaProblems(document, header.error));
      return null;
    }
    if (header.data.kind === 'SLI') this.#readIndicator(document);
    return header.data.kind;
  }

  #readIndicator(document: PlacedDocument): void {
    const result = sliSchema.safeParse(document.value);
    if (!result.success) {
      this.#add(schemaProblems(document, result.error));
      return;
    }
    const { metadata, spec } = result.data;
    if (this.#indicators.has(metadata.name)) {
      const message = `duplicate SLI ${quoted(metadata.name)}`;
      this.#problem(document, ['metadata', 'name'], message, 'rename one of the two');
    }
    this.#indicators.set(metadata.name, { document, path: ['spec'], spec });
  }

  readSlo(document: PlacedDocument): void {
    const result = sloSchema.safeParse(document.value);
    if (!result.success) {
      this.#add(schemaProblems(document, result.error));
      return;
    }
    const { metadata, spec } = result.data;
    const path = ['metadata', 'name'];
    const first = this.#lineOfName.get(metadata.name);
    if (first === undefined) this.#lineOfName.set(metadata.name, document.lineOf(path));
    else {
      const message = `duplicate SLO ${quoted(metadata.name)}, first on line ${first}`;
      this.#problem(document, path, message, 'rename one of the two');
    }
    if (spec.objectives.length === 0) {
      this.#problem(document, ['spec', 'objectives'], 'holds no objective', 'add e.g. - { target: 0.999 }');
    }
    if (spec.timeWindow.length !== 1) {
      const message = `must hold one window, not ${spec.timeWindow.length}`;
      this.#problem(document, ['spec', 'timeWindow'], message, 'write e.g. - { duration: 28d, isRolling: true }');
    }
    const names = objectiveNames(metadata.name, spec.objectives);
    spec.objectives.forEach((objective, index) => {
      this.#readObjective(document, result.data, objective, index, names[index] ?? metadata.name);
    });
  }

  #readObjective(
    document: PlacedDocument,
    stated: StatedSlo,
    objective: StatedObjective,
    index: number,
    name: string,
  ): void {
    const { spec } = stated;
    const path = ['spec', 'objectives', index];
    const binding = this.#bind(document, stated, objective, path);
    if (binding.kind === 'wrong') this.#add(binding.problems);
    if (binding.kind === 'unbound') this.unbound.push({ name, reason: binding.reason });
    if (binding.kind === 'wrong' || binding.kind === 'unbound') return;
    const method = spec.budgetingMethod ?? 'Occurrences';
    if (method !== 'Occurrences') {
      this.unbound.push({
        name,
        reason: `its budgetingMethod is ${method}; only Occurrences, by request, is computed`,
      });
      return;
    }
    const share = this.#target(document, objective, path);
    const indicator =
      binding.kind === 'errors'
        ? ({ kind: 'errors' } as const)
        : this.#latency(document, objective, path, binding.unitsPerSecond);
    const periodMs = spec.timeWindow[0]?.duration;
    if (share === null || indicator === null || periodMs === undefined) return;
    this.slos.push({ name, ...binding.traffic, objective: share, periodMs, indicator });
  }

  /** The objective's own indicator, where it has one (a composite SLO), before the SLO's. */
  #bind(document: PlacedDocument, { spec }: StatedSlo, objective: StatedObjective, path: FieldPath): Binding {
    const ownPath = objective.indicator != null || objective.indicatorRef != null ? path : ['spec'];
    const { indicator, indicatorRef } = ownPath === path ? objective : spec;
    const problem = (message: string, remedy: string): Binding => {
      return { kind: 'wrong', problems: [{ line: document.lineOf(ownPath), path: ownPath, message, remedy }] };
    };
    if (indicator != null && indicatorRef != null) {
      return problem('has both indicator and indicatorRef', 'keep one of the two');
    }
    if (indicator != null) {
      const place = { document, path: [...ownPath, 'indicator', 'spec'], spec: indicator.spec };
      return bindIndicator(place, spec.service ?? null);
    }
    if (indicatorRef == null) return problem('has neither indicator nor indicatorRef', 'add one of the two');
    const referenced = this.#indicators.get(indicatorRef);
    if (referenced !== undefined) return bindIndicator(referenced, spec.service ?? null);
    return { kind: 'unbound', reason: `its indicatorRef ${quoted(indicatorRef)} is not an SLI of this file` };
  }

  #target(document: PlacedDocument, objective: StatedObjective, path: FieldPath): number | null {
    const { target, targetPercent } = objective;
    if ((target == null) === (targetPercent == null)) {
      const message = target == null ? 'has neither target nor targetPercent' : 'has both target and targetPercent';
      return this.#problem(document, path, message, 'write one of the two, e.g. target: 0.999');
    }
    const key = target == null ? 'targetPercent' : 'target';
    const share = target ?? fromPercent(Number(targetPercent));
    if (share > 0 && share < 1) return share;
    const [upper, example] = target == null ? [100, '99.9'] : [1, '0.999'];
    const message = `${target ?? targetPercent} is not between 0 and ${upper}, both excluded`;
    return this.#problem(document, [...path, key], message, `write e.g. ${key}: ${example}`);
  }

  #latency(
    document: PlacedDocument,
    { op, value }: StatedObjective,
    path: FieldPath,
    unitsPerSecond: number,
  ): Slo['indicator'] | null {
    let complete = true;
    if (op !== 'lt' && op !== 'lte') {
      const message = op == null ? 'is missing: a latency needs it' : `${op} asks for latencies above the threshold`;
      this.#problem(document, [...path, 'op'], message, 'write op: lte');
      complete = false;
    }
    if (value == null || value <= 0) {
      const message = value == null ? 'is missing: a latency needs its threshold' : `${value} is not above zero`;
      this.#problem(document, [...path, 'value'], message, 'write the threshold, in seconds unless unit says ms');
      complete = false;
    }
    return complete ? { kind: 'latency', thresholdSeconds: Number(value) / unitsPerSecond } : null;
  }

  #add(problems: readonly Problem[]): void {
    for (const problem of problems) this.problems.push(problem);
  }

  #problem(document: PlacedDocument, path: FieldPath, message: string, remedy: string): null {
    this.problems.push({ line: document.lineOf(path), path, message, remedy });
    return null;
  }
}

/** The SLO's name where it has one objective; else name/displayName, or name/number where that would repeat or lack. */
function objectiveNames(name: string, objectives: readonly StatedObjective[]): string[] {
  if (objectives.length < 2) return [name];
  const taken = new Set<string>();
  return objectives.map(({ displayName }, index) => {
    const own = displayName == null || displayName === '' || taken.has(displayName) ? `${index + 1}` : displayName;
    taken.add(own);
    return `${name}/${own}`;
  });
}

import type { MechanismFigure } from '../../domain/report.ts';
import type { Phases } from '../phases.ts';
import type { Sample } from '../sampling/sample.ts';
import type { Subject } from '../subjects.ts';

/** How the two arms are called in a sentence: "370 ms before". */
export interface ArmNames {
  readonly baseline: string;
  readonly post: string;
}

/** Traffic in which a mechanism is looked for: before against after, or without a change against with it. */
export interface Traffic {
  readonly subject: Subject;
  readonly sample: Sample;
  readonly phases: Phases;
  readonly arms: ArmNames;
  /** How much slower is slower, and how many more retries are more: the margins of the document. */
  readonly margins: { readonly latency: number; readonly retryRatio: number };
}

/** A mechanism that the numbers show: every claim behind it has an interval beyond its margin. */
export interface Signature {
  /** What changed and which way, to go on after "by": the same words mean the same signature. */
  readonly manner: string;
  readonly sentences: readonly string[];
  readonly figures: readonly MechanismFigure[];
}

export interface MechanismKind {
  /** Whether a regression of this indicator can come about this way. */
  explains(indicator: string): boolean;
  /** Whether exposed traffic can be held against unexposed traffic beside it. */
  readonly comparesArms: boolean;
  /** Null where the data does not show it, or cannot. */
  signatureOf(traffic: Traffic): Signature | null;
}

export function isLatency(indicator: string): boolean {
  return indicator.startsWith('latency.');
}

export function isRetries(indicator: string): boolean {
  return indicator === 'retry_ratio' || indicator === 'attempts_per_request';
}

import type { NamedIndicator } from '../../domain/upgrade.ts';
import type { Subject } from '../subjects.ts';
import type { Indicator, IndicatorContext } from './indicator.ts';

export interface NamedEntry {
  readonly named: NamedIndicator;
  readonly described: Pick<Indicator, 'name' | 'unit' | 'better' | 'about' | 'primary'>;
  /** Relative margin. */
  readonly margin: number;
}

/** Durations keep the margin of latencies. */
const TIME_UNITS = new Set(['s', 'ms', 'us', 'ns', 'min', 'h']);
/** What whoever named an indicator would want to hear of; its noise is judged by its own past. */
const DEFAULT_MARGIN = 0.02;

/** The document's indicators of one kind that a subject carries. */
export function namedOf(subject: Subject, { upgrade }: IndicatorContext, kind: NamedIndicator['kind']): NamedEntry[] {
  return upgrade.indicators
    .filter((named) => named.kind === kind && named.name === subject.measure)
    .map((named) => {
      const { name, unit, better } = named;
      const about = TIME_UNITS.has(unit) ? 'time' : 'other';
      const margin = about === 'time' ? upgrade.margins.latency : DEFAULT_MARGIN;
      return { named, described: { name, unit, better, about, primary: true }, margin };
    });
}

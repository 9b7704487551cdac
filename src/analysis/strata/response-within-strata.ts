import type { Indicator } from '../indicators/indicator.ts';
import type { RowRatio, Sample } from '../sampling/sample.ts';
import { withinStrata } from './stratum-weights.ts';

/** The indicator's response with what a shift of the mix does to it taken out, for everything that follows it over time. */
export function responseWithinStrata(indicator: Indicator, sample: Sample): RowRatio | null {
  const response = indicator.response(sample);
  return response === null ? null : withinStrata(sample, response);
}

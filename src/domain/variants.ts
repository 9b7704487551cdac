import { BETWEEN_VARIANTS } from './cells.ts';
import { compareTexts } from './text-order.ts';

/** Of one flag that was evaluated twice for one request: different variants are named together, in order. */
export function unitedVariants(a: string, b: string): string {
  if (a === b) return a;
  return [...new Set([...a.split(BETWEEN_VARIANTS), ...b.split(BETWEEN_VARIANTS)])]
    .sort(compareTexts)
    .join(BETWEEN_VARIANTS);
}

import { formatQuantity } from '../domain/quantities.ts';
import type { MechanismFigure } from '../domain/report.ts';

export const MECHANISMS_TITLE = 'How it came about';

/** "370 ms → 17 ms (difference −356 ms to −352 ms)". */
export function figureWords({ name, unit, baseline, post, low, high }: MechanismFigure): string {
  const said = (value: number | null): string => formatQuantity(value, { indicator: name, unit });
  return `${said(baseline)} → ${said(post)} (difference ${said(low)} to ${said(high)})`;
}

import { formatNumber, formatPercent } from '../domain/numbers.ts';
import type { Budget, Report } from '../domain/report.ts';
import { daysBetween, formatTime } from '../domain/times.ts';
import type { Tone } from './wording.ts';

/** A burn of 1 spends the budget exactly by the end of its period. */
export function formatBurn(burn: number | null): string {
  return burn === null ? 'unknown' : `${formatNumber(burn)}×`;
}

export function burnTone(budget: Budget): Tone {
  const { before, after } = budget.burn;
  if (after === null) return 'unknown';
  if (after > 1) return 'worse';
  return before !== null && after > before ? 'unknown' : 'better';
}

export function burnInterval(budget: Budget): string | null {
  const { low, high } = budget.burn;
  return low === null || high === null ? null : `${formatBurn(low)} to ${formatBurn(high)}`;
}

export function remainingWords(budget: Budget): string {
  const { remaining } = budget;
  if (remaining === null) return 'what is left is unknown';
  return remaining < 0 ? `overspent by ${formatPercent(-remaining)}` : `${formatPercent(remaining)} left`;
}

/** When the budget runs out, counted in days from the end of what was analysed. */
export function exhaustionWords(budget: Budget, report: Report): string {
  if (budget.exhausted_at === null) return withoutDate(budget);
  const end = report.inputs.windows.post?.end ?? null;
  const days = daysBetween(end, budget.exhausted_at);
  const at = formatTime(budget.exhausted_at);
  if (days === null) return `runs out ${at}`;
  if (days <= 0) return `ran out ${at}`;
  return `runs out ${at}, ${formatNumber(days, 2)} ${days === 1 ? 'day' : 'days'} after the data ends`;
}

function withoutDate({ remaining, burn }: Budget): string {
  if (remaining !== null && remaining <= 0) return 'already spent';
  if (burn.after === null || burn.after > 1) return 'no date is known for when it runs out';
  return 'does not run out at this burn';
}

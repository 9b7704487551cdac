import { counted, formatCount, formatPercent } from '../domain/numbers.ts';
import type { QuietPast, Report } from '../domain/report.ts';

/** The rate of false alarms this report would have had on its own past, and where its evidence stands among them. */
export function quietPastWords({ quiet_past: past }: Report): string | null {
  if (past === null || past.windows === 0) return null;
  const { windows, alarms, as_strong: asStrong } = past;
  const stretches = counted(windows, 'quiet stretch', 'quiet stretches');
  const rate = `intervals alone would have alarmed on ${formatCount(alarms)} of ${stretches} of the baseline (${formatPercent(alarms / windows)})`;
  return `false alarms: ${rate}; a move must also stand out from these, of which ${formatCount(asStrong)} had evidence as strong${hoursWords(past)}`;
}

function hoursWords({ same_hours: hours }: QuietPast): string {
  return hours === null ? '' : `, at the same hours ${formatCount(hours.as_strong)} of ${formatCount(hours.windows)}`;
}

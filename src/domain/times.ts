import { parseInstantMs } from './instant.ts';
import { formatCount, formatNumber } from './numbers.ts';
import type { InputWindow } from './report.ts';

function isoOf(instantMs: number): string {
  return new Date(Math.floor(instantMs)).toISOString();
}

export function formatDay(instantMs: number): string {
  return isoOf(instantMs).slice(0, -14);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `20 Nov`, for the axis of a chart. */
export function formatShortDay(instantMs: number): string {
  const day = new Date(instantMs);
  return `${day.getUTCDate()} ${MONTHS[day.getUTCMonth()] ?? ''}`;
}

export function formatClock(instantMs: number): string {
  const clock = isoOf(instantMs).slice(-13, -5);
  return clock.endsWith(':00') ? clock.slice(0, 5) : clock;
}

/** `2026-11-20 02:41 UTC`; text that is no instant is shown as it came. */
export function formatTime(text: string): string {
  const instant = parseInstantMs(text);
  return instant === null ? text : `${formatDay(instant)} ${formatClock(instant)} UTC`;
}

/** `2026-11-20 02:39 to 02:43 UTC`, the day once where both ends share it. */
export function formatRange(start: string, end: string): string {
  const from = parseInstantMs(start);
  const to = parseInstantMs(end);
  return from === null || to === null ? `${formatTime(start)} to ${formatTime(end)}` : formatSpan(from, to);
}

/** As `formatRange`, of milliseconds since the epoch. */
export function formatSpan(startMs: number, endMs: number): string {
  const endDay = formatDay(startMs) === formatDay(endMs) ? '' : `${formatDay(endMs)} `;
  return `${formatDay(startMs)} ${formatClock(startMs)} to ${endDay}${formatClock(endMs)} UTC`;
}

/** The shortest way to say an interval around an instant: clocks only, where the day is the instant's own. */
export function formatUncertainty(at: string, low: string, high: string): string {
  const instants = [at, low, high].map(parseInstantMs);
  const [middle, from, to] = instants;
  if (middle == null || from == null || to == null) return `${formatTime(low)} and ${formatTime(high)}`;
  const show = (instant: number) =>
    formatDay(instant) === formatDay(middle) ? formatClock(instant) : `${formatDay(instant)} ${formatClock(instant)}`;
  return `${show(from)} and ${show(to)}`;
}

export function formatDuration(seconds: number): string {
  const magnitude = Math.abs(seconds);
  if (magnitude >= 172_800) return `${formatNumber(seconds / 86_400)} days`;
  if (magnitude >= 3_600) return `${formatNumber(seconds / 3_600)} h`;
  if (magnitude >= 120) return `${formatNumber(seconds / 60)} min`;
  return `${formatNumber(seconds)} s`;
}

/** How long to wait, rounded up, in the two units a person would name: `3 h 10 min`. */
export function formatWait(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) {
    const rest = minutes % 60;
    return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
  }
  return `${formatCount(Math.ceil(minutes / 1440))} days`;
}

/** How long a window is, in words; null where its ends are not instants. */
export function windowLength(window: InputWindow): string | null {
  const start = parseInstantMs(window.start);
  const end = parseInstantMs(window.end);
  return start === null || end === null ? null : formatDuration((end - start) / 1000);
}

/** Days from one instant to another; null where either is not an instant. */
export function daysBetween(start: string | null, end: string | null): number | null {
  const from = start === null ? null : parseInstantMs(start);
  const to = end === null ? null : parseInstantMs(end);
  return from === null || to === null ? null : (to - from) / 86_400_000;
}

import { parseInstantMs } from '../../domain/instant.ts';
import { formatQuantity } from '../../domain/quantities.ts';
import type { Comparison, Inputs, InputWindow, Series } from '../../domain/report.ts';
import { formatClock, formatDuration, formatShortDay, formatSpan, formatTime } from '../../domain/times.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';
import { binSeries, MOST_CHART_POINTS, seriesExtent, seriesSpan } from '../series-bins.ts';
import type { Scale } from './scale.ts';
import { clip, coordinate, linearScale, roundTicks, timeTicks } from './scale.ts';

const PLOT_TOP = 34;
const PLOT_HEIGHT = 130;
const PLOT_BOTTOM = PLOT_TOP + PLOT_HEIGHT;
const CHART_HEIGHT = PLOT_BOTTOM + 22;
const DAY_MS = 86_400_000;

interface Frame {
  readonly time: Scale;
  readonly value: Scale;
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
  readonly comparison: Comparison;
}

/**
 * An indicator over time: its values, the baseline's level, the maintenance window and when the change began. Positions
 * across are percentages, so that the drawing fills any width while its letters keep their size.
 */
export function timeChart(comparison: Comparison, inputs: Inputs, id: string): Markup | null {
  const { series, baseline } = comparison;
  if (series === null) return null;
  const span = seriesSpan(series);
  const bins = binSeries(series, MOST_CHART_POINTS);
  const extent = seriesExtent(bins.values);
  if (span === null || extent === null) return null;
  const value = valueScale(extent, baseline);
  const ticks = roundTicks(value.low, value.high, 4).map((tick) => ({
    value: tick,
    label: formatQuantity(tick, comparison),
  }));
  const frame: Frame = { time: linearScale(span.startMs, span.endMs), value, ticks, comparison };
  return html`<svg class="chart" role="img" aria-labelledby="${id}-title ${id}-desc" width="100%" height="${CHART_HEIGHT}" style="padding-left:${gutter(frame)}px">
<title id="${id}-title">${comparison.indicator} over time</title>
<desc id="${id}-desc">${describe(frame, series, bins.stepSeconds, extent)}</desc>
${shading(frame, inputs.windows.window)}${valueAxis(frame)}${onsetMark(frame)}${baselineLevel(frame)}${curve(frame, bins.values, bins.stepSeconds)}${timeAxis(frame)}
</svg>`;
}

/** Room for the longest label left of the plot, in pixels. */
function gutter(frame: Frame): number {
  return Math.min(110, 14 + 7 * Math.max(0, ...frame.ticks.map(({ label }) => label.length)));
}

function valueScale(extent: { lowest: number; highest: number }, baseline: number | null): Scale {
  const known = baseline !== null && Number.isFinite(baseline) ? [baseline] : [];
  const lowest = Math.min(extent.lowest, ...known);
  const highest = Math.max(extent.highest, ...known);
  if (lowest >= 0 && lowest < highest / 2) return linearScale(0, highest > 0 ? highest * 1.08 : 1);
  const room = (highest / 2 - lowest / 2) * 0.2 || Math.abs(highest) * 0.1 || 1;
  return linearScale(lowest - room, highest + room);
}

function describe(
  frame: Frame,
  series: Series,
  stepSeconds: number,
  extent: { lowest: number; highest: number },
): string {
  const { comparison, time } = frame;
  const from = formatQuantity(extent.lowest, comparison);
  const to = formatQuantity(extent.highest, comparison);
  const level = formatQuantity(comparison.baseline, comparison);
  const onset = comparison.onset === null ? '' : ` The change began ${formatTime(comparison.onset.at)}.`;
  const step = stepSeconds === series.stepSeconds ? 'steps' : 'means';
  const when = formatSpan(time.low, time.high);
  return `${when}, in ${step} of ${formatDuration(stepSeconds)}: values from ${from} to ${to}, baseline ${level}.${onset}`;
}

function across(frame: Frame, instantMs: number): string {
  return `${coordinate(clip(frame.time.percent(instantMs), 0, 100))}%`;
}

function height(frame: Frame, value: number): number {
  return PLOT_BOTTOM - (clip(frame.value.percent(value), 0, 100) / 100) * PLOT_HEIGHT;
}

/** A band over a stretch of time, or nothing where the two do not meet. */
function band(frame: Frame, start: string, end: string, className: string): Markup | null {
  const from = parseInstantMs(start);
  const to = parseInstantMs(end);
  if (from === null || to === null || to < frame.time.low || from > frame.time.high || to < from) return null;
  const left = clip(frame.time.percent(from), 0, 100);
  const width = clip(frame.time.percent(to), 0, 100) - left;
  return html`<rect class="${className}" x="${coordinate(left)}%" y="${PLOT_TOP}" width="${coordinate(width)}%" height="${PLOT_HEIGHT}"/>`;
}

function shading(frame: Frame, window: InputWindow | null): Markup | null {
  if (window === null) return null;
  const shade = band(frame, window.start, window.end, 'window');
  const from = parseInstantMs(window.start);
  if (shade === null || from === null) return null;
  return html`${shade}${topLabel(frame, from, 12, 'window-label', 'maintenance')}`;
}

/** A label above the plot, turned inwards near the right edge. */
function topLabel(frame: Frame, instantMs: number, y: number, className: string, text: string): Markup {
  const turned = frame.time.percent(instantMs) > 70;
  const anchor = turned ? 'end' : 'start';
  return html`<text class="${className}" x="${across(frame, instantMs)}" y="${y}" text-anchor="${anchor}">${text}</text>`;
}

function onsetMark(frame: Frame): Markup | null {
  const { onset } = frame.comparison;
  const at = onset === null ? null : parseInstantMs(onset.at);
  if (onset === null || at === null || at < frame.time.low || at > frame.time.high) return null;
  const x = across(frame, at);
  return html`${band(frame, onset.low, onset.high, 'onset-band')}<line class="onset" x1="${x}" x2="${x}" y1="${PLOT_TOP - 4}" y2="${PLOT_BOTTOM}"/>${topLabel(frame, at, 26, 'onset-label', `since ${formatClock(at)}`)}`;
}

function valueAxis(frame: Frame): Markup {
  const lines = frame.ticks.map(({ value, label }) => {
    const y = height(frame, value);
    return html`<line class="grid" x1="0" x2="100%" y1="${coordinate(y)}" y2="${coordinate(y)}"/><text class="tick" x="-8" y="${coordinate(y + 4)}" text-anchor="end">${label}</text>`;
  });
  return html`${lines}`;
}

function baselineLevel(frame: Frame): Markup | null {
  const { baseline } = frame.comparison;
  if (baseline === null || !Number.isFinite(baseline)) return null;
  const y = height(frame, baseline);
  const label = `before ${formatQuantity(baseline, frame.comparison)}`;
  const above = y - 5 < PLOT_TOP + 10 || (frame.comparison.post ?? baseline) < baseline;
  return html`<line class="baseline" x1="0" x2="100%" y1="${coordinate(y)}" y2="${coordinate(y)}"/><text class="baseline-label" x="100%" y="${coordinate(above ? y - 5 : y + 14)}" text-anchor="end">${label}</text>`;
}

/** Runs of values as lines in a stretched frame; a value with a gap on both sides is a short dash. */
function curve(frame: Frame, values: readonly (number | null)[], stepSeconds: number): Markup {
  const paths: string[] = [];
  let path = '';
  for (const [index, value] of values.entries()) {
    if (value === null) {
      if (path !== '') paths.push(path);
      path = '';
      continue;
    }
    const middle = frame.time.low + (index + 0.5) * stepSeconds * 1000;
    const x = coordinate(clip(frame.time.percent(middle), 0, 100) * 10);
    const y = coordinate(height(frame, value) - PLOT_TOP);
    path += path === '' ? `M${x} ${y}h.1` : `L${x} ${y}`;
  }
  if (path !== '') paths.push(path);
  return html`<svg x="0" y="${PLOT_TOP}" width="100%" height="${PLOT_HEIGHT}" viewBox="0 0 1000 ${PLOT_HEIGHT}" preserveAspectRatio="none"><path class="curve" d="${paths.join('')}"/></svg>`;
}

function timeAxis(frame: Frame): Markup {
  const { low, high } = frame.time;
  const long = high - low > 3 * DAY_MS;
  const labels = timeTicks(low, high, 5).map((at) => {
    const share = frame.time.percent(at);
    const anchor = share < 6 ? 'start' : share > 94 ? 'end' : 'middle';
    const day = long || at % DAY_MS === 0 ? formatShortDay(at) : formatClock(at);
    return html`<line class="notch" x1="${across(frame, at)}" x2="${across(frame, at)}" y1="${PLOT_BOTTOM}" y2="${PLOT_BOTTOM + 4}"/><text class="tick" x="${across(frame, at)}" y="${PLOT_BOTTOM + 17}" text-anchor="${anchor}">${day}</text>`;
  });
  return html`<line class="axis" x1="0" x2="100%" y1="${PLOT_BOTTOM}" y2="${PLOT_BOTTOM}"/>${labels}`;
}

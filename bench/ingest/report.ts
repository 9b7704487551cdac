import { SAMPLES_OF_A_POINT, streamsOf } from '../load/fleet-walk.ts';
import { markdownTable } from '../load/table.ts';
import type { Measurement, Workload } from './measurement.ts';

export interface IngestReport {
  readonly node: string;
  readonly cores: number;
  /** Load average over one minute before the first run: what else the machine was doing. */
  readonly loadBefore: number;
  readonly workload: Workload;
  readonly measurements: readonly Measurement[];
  /** Who could not be measured, and why. */
  readonly missing: readonly string[];
}

interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export interface Ratio {
  readonly name: string;
  /** What the design asks for; null where nothing is asked. */
  readonly atLeast: number | null;
  readonly atMost: number | null;
  readonly spread: Spread;
}

const OTLP = 'postflight, otlp';
const REMOTE = 'postflight, remote-write';

export function spreadOf(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { min: sorted[0] ?? Number.NaN, median, max: sorted.at(-1) ?? Number.NaN };
}

export function contestantsOf(measurements: readonly Measurement[]): string[] {
  return [...new Set(measurements.map(({ contestant }) => contestant))];
}

/** Ratios within a repetition, so that what else the machine did touches both sides alike. */
export function ratiosOf(measurements: readonly Measurement[]): Ratio[] {
  const of = (contestant: string) => measurements.filter((one) => one.contestant === contestant);
  const against = (own: string, peer: string, atLeast: number | null): Ratio[] => {
    const [ours, theirs] = [of(own), of(peer)];
    const rounds = Math.min(ours.length, theirs.length);
    if (rounds === 0) return [];
    const values = Array.from({ length: rounds }, (_, at) => ours[at]!.pointsPerSecond / theirs[at]!.pointsPerSecond);
    return [{ name: `points a second, ${own} over ${peer}`, atLeast, atMost: null, spread: spreadOf(values) }];
  };
  const peers = ['prometheus, remote-write', 'victoria-metrics, remote-write'];
  return [
    ...peers.flatMap((peer) => against(OTLP, peer, null)),
    ...against(REMOTE, peers[0]!, 1),
    ...against(REMOTE, peers[1]!, null),
  ];
}

/** Absolute bars of the design, on the median. */
export function barsOf(measurements: readonly Measurement[]): Ratio[] {
  const own = measurements.filter(({ contestant }) => contestant === OTLP);
  if (own.length === 0) return [];
  const rate = spreadOf(own.map(({ pointsPerSecond }) => pointsPerSecond));
  const disk = spreadOf(own.map(({ diskBytesPerPoint }) => Math.min(...Object.values(diskBytesPerPoint))));
  return [
    { name: 'OTLP histogram points a second, acknowledged on disk', atLeast: 100_000, atMost: null, spread: rate },
    { name: 'bytes on disk a histogram point', atLeast: null, atMost: 20, spread: disk },
  ];
}

export function isMet({ atLeast, atMost, spread }: Ratio): boolean | null {
  if (atLeast === null && atMost === null) return null;
  return (atLeast === null || spread.median >= atLeast) && (atMost === null || spread.median <= atMost);
}

export function markdownOf(report: IngestReport): string {
  const { workload, measurements, missing } = report;
  const points = streamsOf(workload.plan) * workload.rounds;
  return [
    '# How fast telemetry is taken',
    '',
    `Written by \`npm run bench:ingest\` with Node ${report.node} on ${report.cores} cores; load average before the first run`,
    `${report.loadBefore.toFixed(2)}. Each run: an empty server, ${streamsOf(workload.plan)} histogram streams of 15 buckets (in Prometheus' form`,
    `${SAMPLES_OF_A_POINT} samples each), ${workload.warmRounds} rounds to make them known, then ${points} points measured from the first byte sent to the`,
    `last answer, by ${workload.plan.clients} connections in a closed loop of one client process that made its bodies beforehand. Values are`,
    'median (lowest – highest) over repetitions in alternating order; ratios are taken within a repetition.',
    '',
    ...markdownTable(
      HEADINGS,
      contestantsOf(measurements).map((name) => rowOf(name, measurements)),
    ),
    '',
    ...markdownTable(
      ['figure', 'median', 'lowest – highest', 'bar', 'met'],
      [...barsOf(measurements), ...ratiosOf(measurements)].map(ratioRow),
    ),
    '',
    '## Bytes on disk a point',
    '',
    ...markdownTable(['server', 'what was measured', 'bytes a point'], diskRows(measurements)),
    '',
    '## What is not comparable',
    '',
    '- Postflight answers when a point is synced to the disk. Prometheus answers when its log is written but not synced;',
    '  VictoriaMetrics answers from memory and syncs within five seconds. A power cut takes what they acknowledged last.',
    '- They get remote write, which they are made for; OTLP carries a histogram as one point, remote write as 17 samples with',
    '  a full set of labels each. Points a second compares the same observations, not the same bytes.',
    '- The peers are the versions Debian ships. Their disk figure covers a short stretch of time, so the index weighs more than',
    '  it would over months.',
    '- Servers and client share the cores. Points per second of CPU time leave the client out.',
    ...missing.map((one) => `- Not measured: ${one}`),
    '',
  ].join('\n');
}

const HEADINGS = [
  'server, protocol',
  'runs',
  'points a second',
  'samples a second',
  'points a CPU second',
  'p50 ms',
  'p99 ms',
  'peak RSS MB',
  'wire bytes a point',
];

function rowOf(name: string, all: readonly Measurement[]): string[] {
  const own = all.filter(({ contestant }) => contestant === name);
  const shown = (value: (one: Measurement) => number, digits = 0) => spreadText(spreadOf(own.map(value)), digits);
  return [
    name,
    String(own.length),
    shown(({ pointsPerSecond }) => pointsPerSecond),
    shown(({ pointsPerSecond }) => pointsPerSecond * SAMPLES_OF_A_POINT),
    shown(({ pointsPerCpuSecond }) => pointsPerCpuSecond),
    shown(({ p50Ms }) => p50Ms, 1),
    shown(({ p99Ms }) => p99Ms, 1),
    shown(({ peakBytes }) => peakBytes / 1e6),
    shown(({ wireBytesPerPoint }) => wireBytesPerPoint),
  ];
}

function spreadText({ min, median, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)} – ${max.toFixed(digits)})`;
}

function ratioRow(ratio: Ratio): string[] {
  const { name, atLeast, atMost, spread } = ratio;
  const digits = spread.median < 1000 ? 2 : 0;
  const met = isMet(ratio);
  return [
    name,
    spread.median.toFixed(digits),
    `${spread.min.toFixed(digits)} – ${spread.max.toFixed(digits)}`,
    atLeast !== null ? `≥ ${atLeast}` : atMost !== null ? `≤ ${atMost}` : '',
    met === null ? '' : met ? 'yes' : '**no**',
  ];
}

function diskRows(measurements: readonly Measurement[]): string[][] {
  return contestantsOf(measurements).flatMap((name) => {
    const own = measurements.filter(({ contestant }) => contestant === name);
    return Object.keys(own[0]!.diskBytesPerPoint).map((what) => [
      name,
      what,
      spreadText(spreadOf(own.map(({ diskBytesPerPoint }) => diskBytesPerPoint[what]!)), 1),
    ]);
  });
}

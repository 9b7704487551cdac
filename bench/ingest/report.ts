import { SAMPLES_OF_A_POINT, streamsOf } from '../load/fleet-walk.ts';
import { markdownTable } from '../load/table.ts';
import type { Measurement, Workload } from './measurement.ts';

export interface IngestReport {
  readonly node: string;
  readonly cores: number;
  /** Load average over one minute before the first run: what else the machine was doing. */
  readonly loadBefore: number;
  /** What the rates were measured with, and what the bytes on disk. */
  readonly speed: Workload;
  readonly disk: Workload;
  readonly speeds: readonly Measurement[];
  readonly disks: readonly Measurement[];
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
export function barsOf({ speeds, disks }: Pick<IngestReport, 'speeds' | 'disks'>): Ratio[] {
  const ownOf = (all: readonly Measurement[]) => all.filter(({ contestant }) => contestant === OTLP);
  const rates = ownOf(speeds).map(({ pointsPerSecond }) => pointsPerSecond);
  const bytes = ownOf(disks).map(({ diskBytesPerPoint }) => Math.min(...Object.values(diskBytesPerPoint)));
  const rate = { name: 'OTLP histogram points a second, acknowledged on disk', atLeast: 100_000, atMost: null };
  const disk = { name: 'bytes on disk a histogram point, merged', atLeast: null, atMost: 20 };
  return [
    ...(rates.length === 0 ? [] : [{ ...rate, spread: spreadOf(rates) }]),
    ...(bytes.length === 0 ? [] : [{ ...disk, spread: spreadOf(bytes) }]),
  ];
}

export function isMet({ atLeast, atMost, spread }: Ratio): boolean | null {
  if (atLeast === null && atMost === null) return null;
  return (atLeast === null || spread.median >= atLeast) && (atMost === null || spread.median <= atMost);
}

export function markdownOf(report: IngestReport): string {
  const { speed, disk, speeds, disks, missing } = report;
  const points = ({ plan, rounds }: Workload) => (streamsOf(plan) * rounds).toLocaleString('en');
  return [
    '# How fast telemetry is taken',
    '',
    `Written by \`npm run bench:ingest\` with Node ${report.node} on ${report.cores} cores; load average before the first run`,
    `${report.loadBefore.toFixed(2)}. Each run: an empty server, ${streamsOf(speed.plan)} histogram streams of 15 buckets (in Prometheus' form`,
    `${SAMPLES_OF_A_POINT} samples each), ${speed.warmRounds} rounds to make them known, then ${points(speed)} points measured from the first byte`,
    `sent to the last answer, by ${speed.plan.clients} clients in a closed loop, in one process that made its bodies beforehand. A client of`,
    'Prometheus has one request on its way, since it wants the samples of a series in order; the others have eight. Values are',
    'median (lowest – highest) over repetitions in alternating order; ratios are taken within a repetition.',
    '',
    ...markdownTable(
      HEADINGS,
      contestantsOf(speeds).map((name) => rowOf(name, speeds)),
    ),
    '',
    ...markdownTable(
      ['figure', 'median', 'lowest – highest', 'bar', 'met'],
      [...barsOf(report), ...ratiosOf(speeds)].map(ratioRow),
    ),
    '',
    '## Bytes on disk a histogram point',
    '',
    `Allocated blocks of the folder named, after ${points(disk)} points of ${streamsOf(disk.plan)} streams (hours of data: names weigh little), and`,
    'after the short run above (minutes of data: names of many streams weigh most).',
    '',
    ...markdownTable(
      ['server, protocol', 'what was measured', 'hours of few streams', 'minutes of many streams'],
      diskRows(disks, speeds),
    ),
    '',
    '## What is not comparable',
    '',
    '- Postflight answers when a point is synced to the disk. Prometheus answers when its log is written but not synced;',
    '  VictoriaMetrics answers from memory and syncs within five seconds. A power cut takes what they acknowledged last.',
    '- Postflight collects what comes within 200 ms into one write, so that an answer takes that long; the peers answer at once.',
    '  Its rate needs enough senders at a time, which is why clients have several requests on their way.',
    '- The peers get remote write, which they are made for; OTLP carries a histogram as one point, remote write as 17 samples with',
    '  a full set of labels each. Points a second compares the same observations, not the same bytes.',
    '- Bytes are judged after a forced merge, which is where days of background merges end: of minutes old data, much is in the',
    '  sources of merges that are removed some 20 s later, or waits for one. VictoriaMetrics gets its forced merge as well.',
    '- The peers are the versions Debian ships. A snapshot of Prometheus is a block before any compaction with others.',
    '- Servers and client share the cores. Points a second of CPU time leave the client out.',
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

function diskRows(disks: readonly Measurement[], speeds: readonly Measurement[]): string[][] {
  return contestantsOf(disks).flatMap((name) => {
    const of = (all: readonly Measurement[], what: string) =>
      spreadOf(all.filter(({ contestant }) => contestant === name).map((one) => one.diskBytesPerPoint[what]!));
    const measured = Object.keys(disks.find(({ contestant }) => contestant === name)!.diskBytesPerPoint);
    return measured.map((what) => [name, what, of(disks, what).median.toFixed(1), spreadText(of(speeds, what), 1)]);
  });
}

import type { Comparison, Report } from '../../../src/domain/report.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { jsonMessage } from '../messages.ts';
import { atMost, exactly, type Figure, type HostileRow, type Trial, told } from '../row.ts';
import { forEachOf, Served } from '../served.ts';
import { LAYOUT_CASES, type LayoutCase } from './layout-cases.ts';
import { exponentialIndex, type Timetable, type Told, tell } from './layout-telemetry.ts';

const SEED = 32;
const MINUTE_MS = 60_000;
const SLOWER = [1, 2];
const QUANTILES: readonly (readonly [string, number])[] = [
  ['latency.p50', 0.5],
  ['latency.p90', 0.9],
  ['latency.p99', 0.99],
];
const UPGRADE = 'layouts';

interface Trialled extends Told {
  readonly one: LayoutCase;
  readonly slower: number;
  readonly service: string;
}

function timetable(isSmall: boolean): Timetable {
  const [beforeMinutes, windowMinutes, afterMinutes] = isSmall ? [60, 10, 40] : [180, 10, 120];
  const minutes = beforeMinutes + windowMinutes + afterMinutes;
  const startMs = (Math.floor(Date.now() / MINUTE_MS) - minutes - 5) * MINUTE_MS;
  return { startMs, beforeMinutes, windowMinutes, afterMinutes };
}

/** The report is the final one: post ended, and late data had time to come. */
function documentOf({ startMs, beforeMinutes, windowMinutes, afterMinutes }: Timetable): string {
  const at = (minute: number): string => new Date(startMs + minute * MINUTE_MS).toISOString();
  const opens = beforeMinutes + windowMinutes;
  const spec = {
    window: { start: at(beforeMinutes), end: at(opens) },
    baseline: { start: at(0), end: at(beforeMinutes) },
    post: { start: at(opens), end: at(opens + afterMinutes) },
  };
  return JSON.stringify({ apiVersion: 'postflight/v1', kind: 'Upgrade', metadata: { name: UPGRADE }, spec });
}

async function reportOf(served: Served, trials: readonly Trialled[], times: Timetable): Promise<Report> {
  const minutes = trials[0]!.minutes.map((_, minute) => trials.flatMap((trial) => trial.minutes[minute]!));
  await forEachOf(minutes, async (resourceMetrics) => {
    const { status, text } = await served.send(jsonMessage(JSON.stringify({ resourceMetrics })));
    if (status !== 200 || text !== '{}') throw new Error(`${status}: ${text}`);
  });
  const headers = { 'content-type': 'application/json' };
  const body = Buffer.from(documentOf(times));
  const registered = await served.send({ path: '/api/v1/upgrades', headers, body });
  if (registered.status !== 201) throw new Error(`${registered.status}: ${registered.text}`);
  return JSON.parse(await served.report(UPGRADE)) as Report;
}

/** Of the values themselves: the least that at least this share does not exceed. */
function exactQuantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)]!;
}

/** The bucket that is left of those of both sides: a quantile read off it lies between its edges. */
function bucketAround(value: number, { shared, scale = 0, slack = 0 }: LayoutCase): readonly [number, number] {
  if (shared !== null) {
    const above = shared.findIndex((bound) => value <= bound);
    if (above < 0) return [shared.at(-1) ?? 0, Number.POSITIVE_INFINITY];
    return [above === 0 ? 0 : shared[above - 1]!, shared[above]!];
  }
  const index = exponentialIndex(value, scale);
  const edge = (at: number): number => 2 ** (at / 2 ** scale);
  return [edge(index - slack), edge(index + 1 + slack)];
}

/** How far a report is from the truth, case by case. */
class LayoutJudge {
  readonly #report: Report;
  /** Error over the width of the bucket that is left: at most 1. */
  worstError = 0;
  worstName = '';
  quantiles = 0;
  refused = 0;
  readonly outside: string[] = [];
  readonly silent: string[] = [];
  readonly wrong: string[] = [];

  constructor(report: Report) {
    this.#report = report;
  }

  judge(trial: Trialled): void {
    const { one, service, slower } = trial;
    const name = `${one.name}, ${slower === 1 ? 'as before' : `${slower} times slower`}`;
    const comparisons = this.#report.comparisons.filter(
      (each) => each.service === service && each.indicator.startsWith('latency.'),
    );
    if (comparisons.length === 0) this.wrong.push(`${name}: not compared`);
    if (one.says !== null && !this.#wordsAbout(one, comparisons).some((word) => one.says!.test(word)))
      this.silent.push(name);
    if (one.isLying) return;
    this.#judgeVerdicts(name, trial, comparisons);
    for (const [indicator, p] of QUANTILES) {
      const found = comparisons.find((each) => each.indicator === indicator);
      if (found === undefined) this.wrong.push(`${name}: no ${indicator}`);
      else this.#judgeQuantile(`${name}, ${indicator}`, trial, p, found);
    }
  }

  /** A lie is found by metric and not by comparison: it is in the quality of the data. */
  #wordsAbout({ isLying }: LayoutCase, comparisons: readonly Comparison[]): string[] {
    if (isLying) return this.#report.quality.map(({ message }) => message);
    return comparisons.flatMap(({ notes, needed }) => [...notes, needed ?? '']);
  }

  #judgeVerdicts(name: string, { one, slower }: Trialled, comparisons: readonly Comparison[]): void {
    const isTrue = ({ verdict }: Comparison): boolean =>
      verdict === 'cannot-tell' || (!one.isRefused && verdict === (slower === 1 ? 'no-regression' : 'regressed'));
    for (const each of comparisons.filter((comparison) => !isTrue(comparison))) {
      this.wrong.push(`${name}: ${each.indicator} ${each.verdict}`);
    }
  }

  #judgeQuantile(name: string, { one, before, after }: Trialled, p: number, found: Comparison): void {
    if (one.isRefused) {
      this.refused++;
      if (found.effect !== null) this.wrong.push(`${name}: not refused`);
      return;
    }
    const [exactBefore, exactAfter] = [exactQuantile(before, p), exactQuantile(after, p)];
    this.#judgeLevel(name, one, exactBefore, found.baseline, found);
    this.#judgeLevel(name, one, exactAfter, found.post, found);
    const { effect } = found;
    if (effect === null) return;
    const exact = exactAfter / exactBefore - 1;
    if (exact < (effect.low ?? Number.NEGATIVE_INFINITY) || exact > (effect.high ?? Number.POSITIVE_INFINITY)) {
      this.outside.push(`${name}: ${exact.toFixed(3)} not in ${effect.low} to ${effect.high}`);
    }
  }

  #judgeLevel(name: string, one: LayoutCase, exact: number, level: number | null, found: Comparison): void {
    const [low, high] = bucketAround(exact, one);
    if (level === null || high === Number.POSITIVE_INFINITY) {
      const isSaid = found.notes.some((note) => /at least the value shown/.test(note));
      if (!isSaid || (level ?? 0) > exact) this.wrong.push(`${name}: ${level} for ${exact}, which no bound holds`);
      return;
    }
    this.quantiles++;
    const error = Math.abs(level - exact) / (high - low);
    if (error > this.worstError) [this.worstError, this.worstName] = [error, name];
  }
}

async function run({ isSmall, folder }: Trial): Promise<Figure[]> {
  const random = seededRandom(SEED);
  const times = timetable(isSmall);
  const trials = LAYOUT_CASES.flatMap((one, index) =>
    SLOWER.map((slower): Trialled => {
      const service = `case-${index}-${slower}`;
      return { one, slower, service, ...tell(service, one, slower, times, random) };
    }),
  );
  const served = await Served.start(folder);
  try {
    const judge = new LayoutJudge(await reportOf(served, trials, times));
    for (const trial of trials) judge.judge(trial);
    return figuresOf(judge, trials.length);
  } finally {
    await served.stop();
  }
}

function figuresOf(judge: LayoutJudge, cases: number): Figure[] {
  const worst = Math.round(judge.worstError * 1000) / 1000;
  return [
    told('pairs of reporting, each as before and slower', cases),
    told('quantiles held against the values themselves', judge.quantiles),
    told('quantiles refused as not comparable', judge.refused),
    atMost(`largest error, in widths of the bucket that is left (${judge.worstName})`, worst, 1),
    exactly('changes outside the interval that is stated', judge.outside.join('; ') || 'none', 'none'),
    exactly('merged or left out without a word', judge.silent.join('; ') || 'none', 'none'),
    exactly('verdicts that are not true', judge.wrong.join('; ') || 'none', 'none'),
  ];
}

export const layouts: HostileRow = { number: 32, title: 'histograms of other bounds, scales, kinds and units', run };

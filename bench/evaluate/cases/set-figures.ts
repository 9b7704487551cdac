import type { Figure } from '../figure.ts';
import { bootstrapIntervals } from './bootstrap.ts';
import type { Judgement } from './judgement.ts';

type Values = ReadonlyMap<string, number | null>;

/** Every figure of one set, with intervals over whole clusters. */
export function setFigures(set: string, judgements: readonly Judgement[]): Figure[] {
  const values = measure(judgements);
  const intervals = bootstrapIntervals(judgements, measure);
  return [...values].map(([name, value]) => ({
    set,
    name,
    n: sizeOf(name, judgements),
    value,
    interval: intervals.get(name) ?? null,
  }));
}

/** The figures of any collection of cases; a figure that does not apply to the set is absent. */
export function measure(judgements: readonly Judgement[]): Values {
  const regressions = judgements.filter(({ regression }) => regression);
  const controls = judgements.filter(({ regression }) => !regression);
  return new Map([
    ...detection(regressions, controls),
    ...attribution(regressions),
    ...releases(regressions),
    ...onset(regressions),
    ...untold(regressions, controls),
    ['failed runs', share(judgements, ({ failed }) => failed)],
  ]);
}

function detection(regressions: readonly Judgement[], controls: readonly Judgement[]): Values {
  const hits = regressions.filter(({ alarm }) => alarm).length;
  const falseAlarms = controls.filter(({ wrong }) => wrong).length;
  const values = new Map<string, number | null>();
  if (regressions.length > 0 && controls.length > 0) {
    values.set('F1', ratio(2 * hits, hits + falseAlarms + regressions.length));
  }
  if (regressions.length > 0) values.set('recall', ratio(hits, regressions.length));
  if (controls.length > 0) values.set('false alarms', ratio(falseAlarms, controls.length));
  return values;
}

function attribution(regressions: readonly Judgement[]): Values {
  const ranked = regressions.filter(({ rank }) => rank !== null);
  const hasChoice = ranked.some(({ randomTop1 }) => randomTop1! < 1);
  const values = new Map<string, number | null>();
  if (ranked.length === 0 || !hasChoice) return values;
  for (const most of [1, 3]) {
    values.set(
      `top-${most}`,
      share(ranked, ({ rank }) => rank! <= most),
    );
    values.set(
      `top-${most} aside`,
      share(ranked, ({ rankEvenIfUndetected }) => rankEvenIfUndetected! <= most),
    );
  }
  const grouped = ranked.filter(({ groupRank }) => groupRank !== null);
  if (grouped.length === 0) return values;
  for (const most of [1, 3])
    values.set(
      `top-${most} by group`,
      share(grouped, ({ groupRank }) => groupRank! <= most),
    );
  return values;
}

function releases(regressions: readonly Judgement[]): Values {
  const all = regressions.flatMap((one) => one.releases);
  if (all.length === 0) return new Map();
  const right = all.filter(({ bad, called }) => bad && called).length;
  const named = all.filter(({ called }) => called).length;
  const bad = all.filter((one) => one.bad).length;
  return new Map([
    ['releases F1', ratio(2 * right, named + bad)],
    ['releases precision', ratio(right, named)],
    ['releases recall', ratio(right, bad)],
  ]);
}

function onset(regressions: readonly Judgement[]): Values {
  const dated = regressions.filter(({ onsetSamples }) => onsetSamples !== null);
  if (dated.length === 0) return new Map();
  return new Map([
    ['onset within a sample', share(dated, ({ onsetSamples }) => onsetSamples! <= 1)],
    ['onset within 5 samples', share(dated, ({ onsetSamples }) => onsetSamples! <= 5)],
  ]);
}

function untold(regressions: readonly Judgement[], controls: readonly Judgement[]): Values {
  const values = new Map<string, number | null>();
  if (regressions.length > 0)
    values.set(
      'cannot tell, regressions',
      share(regressions, ({ cannotTell }) => cannotTell),
    );
  if (controls.length > 0)
    values.set(
      'cannot tell, controls',
      share(controls, ({ cannotTell }) => cannotTell),
    );
  return values;
}

function sizeOf(name: string, judgements: readonly Judgement[]): number {
  if (name === 'F1' || name === 'failed runs') return judgements.length;
  if (name.startsWith('releases')) return judgements.flatMap((one) => one.releases).length;
  const ofControls = name === 'false alarms' || name.endsWith('controls');
  return judgements.filter(({ regression }) => regression !== ofControls).length;
}

function share<Item>(items: readonly Item[], holds: (item: Item) => boolean): number | null {
  return ratio(items.filter(holds).length, items.length);
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

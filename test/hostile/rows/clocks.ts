import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../support/seeded-random.ts';
import { jsonMessage, keyValues, metricsDocument, nanoseconds } from '../messages.ts';
import { atMost, exactly, type Figure, type HostileRow, type Trial, told } from '../row.ts';
import { forEachOf, Served } from '../served.ts';
import { WallClock } from '../wall-clock.ts';
import { type ClockOutcome, runClockModel } from './clock-model.ts';

const SEED = 30;
const MINUTE_MS = 60_000;
const HOUR_SECONDS = 3600;
const UPGRADE = 'clocks';
const SERVICE = 'clocks';
const MINUTES_SENT = 90;
const REQUESTS_A_MINUTE = 10;
const WITHIN_MS = 60_000;
const SETTINGS = { POSTFLIGHT_ANALYSIS_INTERVAL: '1s' };

interface Summary {
  readonly revision: number;
  readonly final: boolean;
  readonly digest: string;
  readonly made: string;
}

/** The service while its clock is put forward and back by an hour, running and at its start; senders keep the true time. */
class ClockTrial {
  readonly #folder: string;
  readonly #clock: WallClock;
  /** True time; whole minutes. */
  readonly #startMs = (Math.floor(Date.now() / MINUTE_MS) - MINUTES_SENT) * MINUTE_MS;
  #served: Served | null = null;
  readonly missed: string[] = [];
  readonly closedEarly: string[] = [];
  /** Where the service's clock was not what it was set to: then nothing was tried. */
  readonly notSet: string[] = [];
  #offsetSeconds = 0;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    this.#clock = new WallClock(folder);
  }

  get means(): string {
    return this.#clock.means;
  }

  get served(): Served {
    if (this.#served === null) throw new Error('the service does not run');
    return this.#served;
  }

  async start(offsetSeconds: number): Promise<void> {
    await this.#served?.stop();
    this.jump(offsetSeconds);
    this.#served = await Served.start(this.#folder, { ...SETTINGS, ...this.#clock.environment });
  }

  jump(offsetSeconds: number): void {
    this.#offsetSeconds = offsetSeconds;
    this.#clock.set(offsetSeconds);
  }

  async stop(): Promise<void> {
    await this.#served?.stop();
  }

  /** Of one instance, all its minutes; answers how many points were refused. */
  async send(instance: string): Promise<number> {
    let refused = 0;
    const minutes = Array.from({ length: MINUTES_SENT }, (_, minute) => minute);
    await forEachOf(minutes, async (minute) => {
      const { status, text } = await this.served.send(jsonMessage(JSON.stringify(this.#minuteOf(instance, minute))));
      if (status !== 200 || (text !== '{}' && !text.includes('time-out-of-range')))
        throw new Error(`${status}: ${text}`);
      if (text !== '{}') refused++;
    });
    return refused;
  }

  /** Sends, and waits until a report has read it. */
  async sendAndSee(instance: string, when: string): Promise<number> {
    const before = (await this.summary())?.digest;
    let refused = await this.send(instance);
    let report = await this.until(when, ({ digest }) => digest !== before);
    const early = report?.digest;
    if (early !== before && !this.#isByTheSetClock(report)) {
      // Its analysis began before the clock was set, and may have read all of it: what comes now is read by the next.
      refused += await this.send(`${instance}-again`);
      report = await this.until(when, (next) => next.digest !== early && this.#isByTheSetClock(next));
    }
    if (report?.final) this.closedEarly.push(when);
    if (!this.#isByTheSetClock(report)) this.notSet.push(when);
    return refused;
  }

  #isByTheSetClock(report: Summary | null): boolean {
    const aheadMs = Date.parse(report?.made ?? '') - Date.now();
    return Math.abs(aheadMs - 1000 * this.#offsetSeconds) < 5 * MINUTE_MS;
  }

  /** Cumulative. */
  #minuteOf(instance: string, minute: number) {
    const count = REQUESTS_A_MINUTE * (minute + 1);
    const point = {
      attributes: keyValues({ 'http.request.method': 'GET', 'http.route': `/${instance}` }),
      startTimeUnixNano: nanoseconds(this.#startMs),
      timeUnixNano: nanoseconds(this.#startMs + (minute + 1) * MINUTE_MS),
      count,
      sum: count,
      explicitBounds: [1],
      bucketCounts: [count, 0],
    };
    const histogram = { aggregationTemporality: 2, dataPoints: [point] };
    return metricsDocument(SERVICE, [{ name: 'http.server.request.duration', unit: 's', histogram }]);
  }

  /** Post ends half an hour from now, so that a clock an hour ahead has it behind it. */
  async register(): Promise<void> {
    const at = (minutes: number): string => new Date(this.#startMs + minutes * MINUTE_MS).toISOString();
    const spec = {
      window: { start: at(40), end: at(50) },
      baseline: { start: at(0), end: at(40) },
      post: { start: at(50), end: at(MINUTES_SENT + 30) },
    };
    const document = { apiVersion: 'postflight/v1', kind: 'Upgrade', metadata: { name: UPGRADE }, spec };
    const headers = { 'content-type': 'application/json' };
    const body = Buffer.from(JSON.stringify(document));
    const { status, text } = await this.served.send({ path: '/api/v1/upgrades', headers, body });
    if (status !== 201) throw new Error(`${status}: ${text}`);
  }

  async summary(): Promise<Summary | null> {
    return (JSON.parse(await this.served.read(`/api/v1/upgrades/${UPGRADE}`)) as { report: Summary | null }).report;
  }

  async until(what: string, isSo: (report: Summary) => boolean): Promise<Summary | null> {
    const began = performance.now();
    for (;;) {
      const report = await this.summary();
      if (report !== null && isSo(report)) return report;
      if (performance.now() - began > WITHIN_MS) {
        this.missed.push(what);
        return report;
      }
      await sleep(100);
    }
  }

  /** Requests that the cells of these instances hold. */
  async stored(instances: readonly string[]): Promise<number> {
    const at = (minutes: number): string => new Date(this.#startMs + minutes * MINUTE_MS).toISOString();
    const path = `/api/v1/cells?service=${SERVICE}&from=${at(0)}&to=${at(MINUTES_SENT + 1)}&limit=10000`;
    const { cells } = JSON.parse(await this.served.read(path)) as { cells: { endpoint: string; requests: number }[] };
    const wanted = new Set(instances.map((instance) => `GET /${instance}`));
    return cells.filter(({ endpoint }) => wanted.has(endpoint)).reduce((sum, { requests }) => sum + requests, 0);
  }
}

/** The hour is put on and taken off while it runs, and while it does not. */
async function runTrial(trial: ClockTrial): Promise<Figure[]> {
  await trial.start(0);
  await trial.send('a');
  await trial.register();
  await trial.until('a report', () => true);
  let refused = 0;
  trial.jump(HOUR_SECONDS);
  refused += await trial.sendAndSee('b', 'an hour ahead');
  trial.jump(0);
  refused += await trial.sendAndSee('c', 'right again');
  trial.jump(-HOUR_SECONDS);
  refused += await trial.sendAndSee('d', 'an hour behind');
  await trial.start(HOUR_SECONDS);
  refused += await trial.sendAndSee('e', 'started an hour ahead');
  await trial.start(0);
  refused += await trial.sendAndSee('f', 'started right again');
  const instances = ['a', 'b', 'c', 'd', 'e', 'f'];
  const lost = REQUESTS_A_MINUTE * MINUTES_SENT * instances.length - (await trial.stored(instances));
  await trial.start(-HOUR_SECONDS);
  const refusedBehind = await trial.send('g');
  return [
    told('the clock', trial.means),
    exactly('not at the time it was set to', trial.notSet.join(', ') || 'none', 'none'),
    exactly('new telemetry not in a report within 60 s', trial.missed.join(', ') || 'none', 'none'),
    exactly('upgrades closed by a wrong clock', trial.closedEarly.join(', ') || 'none', 'none'),
    exactly('points refused while the clock jumped, or ran ahead from the start', refused, 0),
    exactly('requests taken and not in cells', lost, 0),
    told('points refused by name, with a clock an hour behind from the start', refusedBehind),
  ];
}

async function run({ isSmall, folder }: Trial): Promise<Figure[]> {
  const random = seededRandom(SEED);
  const runs = isSmall ? 1 : 20;
  const outcomes: ClockOutcome[] = [];
  for (let i = 0; i < runs; i++)
    outcomes.push(await runClockModel(join(folder, `model-${i}`), random, isSmall ? 6 : 15));
  const total = (of: (one: (typeof outcomes)[number]) => number): number =>
    outcomes.reduce((sum, one) => sum + of(one), 0);
  const trial = new ClockTrial(join(folder, 'service'));
  try {
    return [
      told('runs of two watchers whose clock jumps by an hour at random', runs),
      told(
        'reports',
        total((one) => one.evaluations),
      ),
      exactly(
        'reports made twice',
        total((one) => one.repeated),
        0,
      ),
      exactly(
        'minutes missing in last reports, senders up to 5 minutes off',
        total((one) => one.lostMinutes),
        0,
      ),
      exactly(
        'upgrades without a last report',
        total((one) => one.notClosed),
        0,
      ),
      atMost(
        'longest pause of an open upgrade, minutes',
        Math.max(...outcomes.map((one) => one.longestPauseMinutes)),
        10,
      ),
      ...(await runTrial(trial)),
    ];
  } finally {
    await trial.stop();
  }
}

export const clocks: HostileRow = {
  number: 30,
  title: 'clocks that jump by an hour, and senders five minutes off',
  run,
};

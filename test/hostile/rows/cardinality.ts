import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchMemory } from '../../../bench/load/process-tree.ts';
import { keyValues, metricsDocument, nanoseconds, otlpMessage } from '../messages.ts';
import { atMost, exactly, type Figure, type HostileRow, ofMachine, type Trial, told } from '../row.ts';
import { type Answer, inMebibytes, residentOf, Served } from '../served.ts';

const KNOWN = 500;
const METRIC = 'sessions.opened';
const OFFENDER = 'session.id';
const RSS_MIB = 150;
const LONGEST_TRIES = 100;

interface Attack {
  readonly series: number;
  readonly batch: number;
  readonly limit: number;
  readonly overMs: number;
}

const FULL: Attack = { series: 1_000_000, batch: 5_000, limit: 100_000, overMs: 60_000 };
const SMALL: Attack = { series: 20_000, batch: 1_000, limit: 5_000, overMs: 0 };

function sums(names: readonly string[], timeMs: number): Uint8Array {
  const dataPoints = names.map((name) => ({
    attributes: keyValues({ 'http.route': '/login', [OFFENDER]: name }),
    startTimeUnixNano: nanoseconds(timeMs - 60_000),
    timeUnixNano: nanoseconds(timeMs),
    asInt: 1,
  }));
  const sum = { dataPoints, aggregationTemporality: 1, isMonotonic: true };
  return otlpMessage('OTLP protobuf', metricsDocument('login', [{ name: METRIC, unit: '1', sum }])).body;
}

/** The attacker, its series from before the attack, and a neighbour that does nothing wrong. */
class CardinalityAttack {
  readonly #served: Served;
  readonly #attack: Attack;
  readonly #agent = new Agent({ keepAlive: true });
  sent = 0;
  refused = 0;
  shed = 0;
  knownRefused = 0;
  neighbourShed = 0;
  neighbourRequests = 0;
  message = '';
  /** When the first series was refused. */
  residentAtLimit = Number.NaN;

  constructor(served: Served, attack: Attack) {
    this.#served = served;
    this.#attack = attack;
  }

  async known(token: string): Promise<void> {
    const names = Array.from({ length: KNOWN }, (_, index) => `known-${index}`);
    this.knownRefused += rejectedOf(await this.#post(sums(names, Date.now()), token)).count;
  }

  async neighbour(token: string): Promise<void> {
    this.neighbourRequests++;
    const answer = await this.#post(sums(['of the neighbour'], Date.now()), token);
    if (answer.status !== 200 || rejectedOf(answer).count > 0) this.neighbourShed++;
  }

  async run(attacker: string, neighbour: string): Promise<void> {
    const { series, batch, overMs } = this.#attack;
    const began = performance.now();
    for (let first = 0; first < series; first += batch) {
      await sleep(began + (first / series) * overMs - performance.now());
      const names = Array.from({ length: batch }, (_, index) => `random-${first + index}`);
      await this.#new(sums(names, Date.now()), attacker);
      await Promise.all([this.known(attacker), this.neighbour(neighbour)]);
    }
    this.#agent.destroy();
  }

  async #new(body: Uint8Array, token: string): Promise<void> {
    for (let attempt = 0; attempt < LONGEST_TRIES; attempt++) {
      const answer = await this.#post(body, token);
      if (answer.status === 200) {
        const { count, message } = rejectedOf(answer);
        this.sent += this.#attack.batch;
        this.refused += count;
        if (count > 0) this.message = message;
        if (count > 0 && Number.isNaN(this.residentAtLimit)) this.residentAtLimit = residentOf(this.#served.server.pid);
        return;
      }
      this.shed++;
      await sleep(100);
    }
    throw new Error('the attacker was never answered');
  }

  #post(body: Uint8Array, token: string): Promise<Answer> {
    const headers = { 'content-type': 'application/x-protobuf' };
    return this.#served.send({ path: '/v1/metrics', headers, body }, token, this.#agent);
  }
}

/** ExportMetricsPartialSuccess: field 1 the number, field 2 the words. */
function rejectedOf({ status, text }: Answer): { count: number; message: string } {
  if (status !== 200) return { count: Number.NaN, message: text };
  if (text === '') return { count: 0, message: '' };
  const named = /series-limit(?: \((\d+) times\))? at .*/.exec(text);
  return { count: named === null ? Number.NaN : Number(named[1] ?? 1), message: named?.[0] ?? text };
}

async function run({ isSmall, folder }: Trial): Promise<Figure[]> {
  const attack = isSmall ? SMALL : FULL;
  const served = await Served.start(folder, { POSTFLIGHT_SERIES_LIMIT: String(attack.limit) });
  try {
    const [attacker, neighbour] = [await served.tokenOf('attacker'), await served.tokenOf('neighbour')];
    const trial = new CardinalityAttack(served, attack);
    for (let i = 0; i < 5; i++) await Promise.all([trial.known(attacker), trial.neighbour(neighbour)]);
    const { pid } = served.server;
    const before = residentOf(pid);
    const tree = watchMemory(pid, 200);
    let most = before;
    const watching = setInterval(() => {
      most = Math.max(most, residentOf(pid));
    }, 200);
    const began = performance.now();
    await trial.run(attacker, neighbour);
    const seconds = (performance.now() - began) / 1000;
    clearInterval(watching);
    const treePeak = tree.stop();
    return figuresOf(trial, attack, { seconds, before, growth: most - before, treePeak });
  } finally {
    await served.stop();
  }
}

function figuresOf(
  trial: CardinalityAttack,
  { limit }: Attack,
  { seconds, before, growth, treePeak }: { seconds: number; before: number; growth: number; treePeak: number },
): Figure[] {
  const admitted = KNOWN + trial.sent - trial.refused;
  const names = [`the limit is ${limit} series`, METRIC, OFFENDER];
  return [
    told('new series sent', trial.sent),
    told('seconds', Math.round(seconds)),
    told('series admitted', admitted),
    atMost('off the limit, %', (100 * Math.abs(admitted - limit)) / limit, 1),
    exactly('points of known series refused', trial.knownRefused, 0),
    exactly('requests of another tenant not taken', trial.neighbourShed, 0),
    told('requests of another tenant', trial.neighbourRequests),
    exactly('of limit, metric and attribute named', names.filter((name) => trial.message.includes(name)).length, 3),
    told('requests of the attacker shed', trial.shed),
    ofMachine(atMost('memory that the service grew by, MiB', inMebibytes(growth), RSS_MIB)),
    told('of these until the limit was reached, MiB', inMebibytes(trial.residentAtLimit - before)),
    told('peak with its engine, MiB', inMebibytes(treePeak)),
  ];
}

export const cardinality: HostileRow = { number: 26, title: 'new series without end by one tenant', run };

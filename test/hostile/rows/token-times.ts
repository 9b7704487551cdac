import { Agent } from 'node:http';
import { twoSampleTest } from '../../support/kolmogorov-smirnov.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { exactly, type Figure, type HostileRow, ofMachine, type Trial, told } from '../row.ts';
import { Served } from '../served.ts';

const LEAST_P = 0.01;
const SEED = 45;
/** The first answers warm up what serves them. */
const LEFT_OUT = 200;

interface Timed {
  readonly unknown: number[];
  readonly wrong: number[];
  readonly statuses: Set<number>;
}

/** A token nobody has, and one with the identifier of a real token and another secret, in an order of chance. */
async function timesOf(served: Served, token: string, samples: number): Promise<Timed> {
  const random = seededRandom(SEED);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const [, id = ''] = token.split('_');
  const secret = token.slice(`pf_${id}_`.length);
  const timed: Timed = { unknown: [], wrong: [], statuses: new Set() };
  const hex = (length: number): string =>
    Array.from({ length }, () => Math.floor(random.uniform() * 16).toString(16)).join('');
  const message = { path: '/api/v1/changes', headers: { 'content-type': 'application/json' }, body: Buffer.from('{}') };
  for (let count = 0; count < samples + LEFT_OUT; count++) {
    const isWrong = random.uniform() < 0.5;
    const guessed = `pf_${isWrong ? id : hex(id.length)}_${hex(secret.length)}`;
    const { status, milliseconds } = await served.send(message, guessed, agent);
    timed.statuses.add(status);
    if (count >= LEFT_OUT) timed[isWrong ? 'wrong' : 'unknown'].push(milliseconds);
  }
  agent.destroy();
  return timed;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function run({ isSmall, folder }: Trial): Promise<Figure[]> {
  const served = await Served.start(folder);
  try {
    const token = await served.tokenOf('shop');
    const { unknown, wrong, statuses } = await timesOf(served, token, isSmall ? 300 : 10_000);
    const { distance, p } = twoSampleTest(unknown, wrong);
    return [
      exactly('statuses', [...statuses].join(', '), '401'),
      told('answers to an unknown token, and to a wrong one', `${unknown.length}, ${wrong.length}`),
      told('median, ms', `${medianOf(unknown).toFixed(3)}, ${medianOf(wrong).toFixed(3)}`),
      told('largest distance of both distributions', Number(distance.toFixed(4))),
      ofMachine({
        name: 'p that both are one',
        value: Number(p.toFixed(4)),
        bar: `> ${LEAST_P}`,
        isMet: p > LEAST_P,
        ofMachine: true,
      }),
    ];
  } finally {
    await served.stop();
  }
}

export const tokenTimes: HostileRow = { number: 45, title: 'the time of a refusal', run };

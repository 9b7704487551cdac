import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, exactly, type Figure, type HostileRow, ofMachine, type Trial, told } from '../row.ts';
import { inMebibytes, residentOf, Served } from '../served.ts';

const QUESTION = 'GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
const HEAD = 'POST /v1/metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n';
const DRIP_MS = 1_000;
/** Beyond its deadline a connection may live as long as the server takes to look. */
const SLACK_SECONDS = { small: 10, full: 3 };
/** What the service may open meanwhile for itself; far fewer than the clients of a kind. */
const OWN_FILES = 8;

interface Attack {
  readonly name: string;
  readonly deadlineSeconds: number;
  /** What is sent at once, and what follows byte by byte. */
  readonly opening: string;
  readonly drip: string;
  readonly reads: boolean;
}

const ATTACKS: readonly Attack[] = [
  { name: 'says nothing', deadlineSeconds: 10, opening: '', drip: '', reads: true },
  { name: 'headers byte by byte', deadlineSeconds: 10, opening: HEAD, drip: 'X-Slow: slow', reads: true },
  {
    name: 'body byte by byte',
    deadlineSeconds: 30,
    opening: `${HEAD}Content-Length: 1000\r\n\r\n`,
    drip: '{',
    reads: true,
  },
  { name: 'asks 200 times at once', deadlineSeconds: 1, opening: QUESTION.repeat(200), drip: '', reads: false },
  { name: 'reads no answer', deadlineSeconds: 65, opening: QUESTION.repeat(4), drip: '', reads: false },
];

function attack({ url }: Served, { opening, drip, reads }: Attack, answers: string[]): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).on('error', () => undefined);
  if (opening !== '') socket.write(opening);
  if (reads)
    socket.on('data', (data: Buffer) => answers.push(String(data.toString('latin1').match(/^HTTP\/1\.1 (\d+)/)?.[1])));
  let sent = 0;
  if (drip === '') return socket;
  const timer = setInterval(() => socket.write(drip[sent++ % drip.length]!), DRIP_MS);
  return socket.on('close', () => clearInterval(timer));
}

/** Seconds until the server has let go of them: who reads nothing does not see its connection end. */
async function secondsUntilGone(pid: number, open: number, began: number, withinSeconds: number): Promise<number> {
  while (filesOf(pid) > open) {
    if (performance.now() - began > 1000 * withinSeconds) return Number.POSITIVE_INFINITY;
    await sleep(100);
  }
  return Math.round((performance.now() - began) / 100) / 10;
}

function filesOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Answer times of someone who sends as one should, one request after the other. */
async function healthy(served: Served, requests: number): Promise<number[]> {
  const message = { path: '/v1/metrics', headers: { 'content-type': 'application/json' }, body: Buffer.from('{}') };
  const times: number[] = [];
  for (let i = 0; i < requests; i++) {
    const { status, milliseconds } = await served.send(message);
    times.push(status === 200 ? milliseconds : Number.POSITIVE_INFINITY);
  }
  return times.sort((a, b) => a - b);
}

async function run({ isSmall, folder }: Trial): Promise<Figure[]> {
  const served = await Served.start(folder);
  try {
    const { pid } = served.server;
    const [clients, requests] = isSmall ? [30, 100] : [1000, 2000];
    const before = await healthy(served, requests);
    const figures: Figure[] = [told('clients a kind', clients)];
    for (const one of ATTACKS.filter(({ deadlineSeconds }) => !isSmall || deadlineSeconds <= 10)) {
      const [open, memory] = [filesOf(pid) + OWN_FILES, residentOf(pid)];
      const began = performance.now();
      const answers: string[] = [];
      const sockets = Array.from({ length: clients }, () => attack(served, one, answers));
      await sleep(500);
      const most = one.deadlineSeconds + (isSmall ? SLACK_SECONDS.small : SLACK_SECONDS.full);
      const [during, gone] = await Promise.all([
        healthy(served, requests),
        secondsUntilGone(pid, open, began, most + 30),
      ]);
      for (const socket of sockets) socket.destroy();
      figures.push(
        atMost(`${one.name}: seconds until the last is gone`, gone, most),
        // Exporters and Prometheus throw away what was answered 408; 503 they send again.
        exactly(`${one.name}: answers other than 503`, answers.filter((status) => status !== '503').length, 0),
        exactly(`${one.name}: requests of others not answered`, during.filter((time) => time === Infinity).length, 0),
        ofMachine(atMost(`${one.name}: p99 of others over what it was`, ratioAt(0.99, during, before), 1.2)),
        ofMachine(atMost(`${one.name}: memory grew by, MiB`, inMebibytes(residentOf(pid) - memory), 64)),
      );
    }
    return [...figures, exactly('ready after them', String(await served.isAlive()), 'true')];
  } finally {
    await served.stop();
  }
}

function ratioAt(share: number, some: readonly number[], others: readonly number[]): number {
  const at = (sorted: readonly number[]): number => sorted[Math.ceil(share * sorted.length) - 1]!;
  return Math.round((100 * at(some)) / at(others)) / 100;
}

export const slowClients: HostileRow = { number: 22, title: 'clients that are slow to send, or to read', run };

import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import zlib from 'node:zlib';
import { snappyMessage } from '../messages.ts';
import { atMost, exactly, type Figure, type HostileRow, ofMachine, type Trial, told } from '../row.ts';
import { type Answer, inMebibytes, type Message, residentOf, Served } from '../served.ts';

const MIB = 1024 ** 2;
const LIMIT_MS = 250;
/** Until so much was sent nothing is wrong. */
const WIRE_CAP = 8 * MIB;
const DECODED_CAP_MIB = 32;
const ALLOWED = [400, 413, 415];
const CUT_OFF = 0;

interface Bomb {
  readonly name: string;
  /** Whoever never stops sending may be cut off, and then may not get to read the answer (RFC 9112, 9.6). */
  readonly isEndless?: boolean;
  readonly explode: (served: Served) => Promise<Answer>;
}

async function packedZeros(pack: zlib.Gzip | zlib.Deflate | zlib.BrotliCompress, mebibytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  pack.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = once(pack, 'end');
  const zeros = Buffer.alloc(MIB);
  for (let i = 0; i < mebibytes; i++) if (!pack.write(zeros)) await once(pack, 'drain');
  pack.end();
  await ended;
  return Buffer.concat(chunks);
}

function encoded(encoding: string, body: Uint8Array): Message {
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': encoding };
  return { path: '/v1/metrics', headers, body };
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
}

/** A literal byte, then copies of 64 bytes at offset 1: 21 times smaller than what it becomes (Snappy format description). */
function snappyZeros(stated: number, bytes: number): Buffer {
  const copies = Buffer.alloc(Math.ceil(bytes / 64) * 3, Buffer.from([(63 << 2) | 2, 1, 0]));
  return Buffer.concat([Buffer.from([...varint(stated), 0, 0]), copies]);
}

/** What an HTTP client would not send. */
function raw(head: string, chunk: Buffer, repeats: number): (served: Served) => Promise<Answer> {
  return async ({ url }) => {
    const { hostname, port } = new URL(url);
    const began = performance.now();
    const socket = connect(Number(port), hostname);
    socket.setMaxListeners(0).on('error', () => undefined);
    const closed = new Promise((resolve) => socket.on('close', resolve));
    let text = '';
    let answeredMs = Number.NaN;
    let overMs = 0;
    socket.on('data', (data: Buffer) => {
      if (text === '') answeredMs = performance.now() - began;
      text += data.toString('latin1');
    });
    socket.write(
      `POST /v1/metrics HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/x-protobuf\r\n${head}\r\n\r\n`,
    );
    for (let i = 0; i < repeats && !socket.destroyed && text === ''; i++) {
      const isFull = !socket.write(chunk);
      if (i * chunk.length <= WIRE_CAP) overMs = performance.now() - began;
      // A turn in which an answer can be read before the next write finds the connection closed.
      await sleep(1);
      if (isFull) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed, sleep(20)]);
    }
    await Promise.race([closed, sleep(10_000, undefined, { ref: false })]);
    socket.destroy();
    if (text === '') answeredMs = performance.now() - began;
    const status = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? CUT_OFF);
    return { status, text, milliseconds: Math.max(0, answeredMs - overMs), headers: {} };
  };
}

async function bombs(mebibytes: number): Promise<Bomb[]> {
  const gzip = await packedZeros(zlib.createGzip(), mebibytes);
  const deflate = await packedZeros(zlib.createDeflate(), mebibytes);
  const deflateRaw = await packedZeros(zlib.createDeflateRaw() as never, mebibytes);
  const brotli = await packedZeros(
    zlib.createBrotliCompress({ params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } }),
    mebibytes,
  );
  const member = zlib.gzipSync(Buffer.alloc(MIB));
  const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536), Buffer.from('\r\n')]);
  const magic = Buffer.from([0xff, 6, 0, 0, ...Buffer.from('sNaPpY'), 0, 4, 0, 0]);
  const zstd = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0x40, 0, 0, 0, 0]);
  const sent: [string, Message][] = [
    ['gzip', encoded('gzip', gzip)],
    ['gzip under its other name', encoded('x-gzip', gzip)],
    ['gzip of gzip, both stated', encoded('gzip, gzip', zlib.gzipSync(gzip))],
    ['gzip of gzip, one stated', encoded('gzip', zlib.gzipSync(gzip))],
    ['gzip of many members', encoded('gzip', Buffer.concat(new Array(mebibytes).fill(member)))],
    ['deflate', encoded('deflate', deflate)],
    ['deflate without its head', encoded('deflate', deflateRaw)],
    ['brotli', encoded('br', brotli)],
    ['zstd that states 1 GiB', encoded('zstd', zstd)],
    ['snappy that states 4 GiB', snappyMessage(snappyZeros(2 ** 32 - 1, 1024))],
    ['snappy that states less than it holds', snappyMessage(snappyZeros(1024, 30 * MIB))],
    ['snappy in frames', snappyMessage(magic)],
  ];
  return [
    ...sent.map(([name, message]) => ({ name, explode: (served: Served) => served.send(message) })),
    { name: 'chunks with a length stated', explode: raw('Content-Length: 5\r\nTransfer-Encoding: chunked', chunk, 1) },
    { name: 'chunks without end', isEndless: true, explode: raw('Transfer-Encoding: chunked', chunk, 1024) },
  ];
}

interface Blast extends Pick<Bomb, 'name' | 'isEndless'> {
  readonly statuses: ReadonlyMap<number, number>;
  readonly aloneMs: number;
  readonly slowestMs: number;
  readonly growth: number;
}

async function blast(served: Served, { name, isEndless = false, explode }: Bomb, parallel: number): Promise<Blast> {
  const alone = await explode(served);
  const { pid } = served.server;
  const before = residentOf(pid);
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, residentOf(pid));
  }, 5);
  const answers = await Promise.all(Array.from({ length: parallel }, () => explode(served)));
  clearInterval(timer);
  const statuses = new Map<number, number>();
  for (const { status } of [alone, ...answers]) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const slowestMs = Math.max(...answers.map(({ milliseconds }) => milliseconds));
  const growth = Math.max(most, residentOf(pid)) - before;
  return { name, isEndless, statuses, aloneMs: alone.milliseconds, slowestMs, growth };
}

async function run({ isSmall, folder }: Trial): Promise<Figure[]> {
  const all = await bombs(isSmall ? 64 : 1024);
  const served = await Served.start(folder);
  try {
    const blasts: Blast[] = [];
    for (const bomb of all) blasts.push(await blast(served, bomb, isSmall ? 5 : 50));
    return figuresOf(blasts, await served.isAlive());
  } finally {
    await served.stop();
  }
}

function figuresOf(blasts: readonly Blast[], isAlive: boolean): Figure[] {
  const wrong = blasts.filter(({ statuses, isEndless }) => {
    const allowed = [...ALLOWED, 503, ...(isEndless ? [CUT_OFF] : [])];
    return [...statuses.keys()].some((status) => !allowed.includes(status));
  });
  const shed = blasts.reduce((sum, { statuses }) => sum + (statuses.get(503) ?? 0), 0);
  const most = (of: (one: Blast) => number) => blasts.reduce((a, b) => (of(b) > of(a) ? b : a));
  const [slowest, alone, largest] = [most((b) => b.slowestMs), most((b) => b.aloneMs), most((b) => b.growth)];
  return [
    told('bombs', blasts.length),
    exactly('answered otherwise than 400, 413, 415 or 503', wrong.map(({ name }) => name).join(', ') || 'none', 'none'),
    told('answers of 503, no room for them', shed),
    exactly('ready after them', String(isAlive), 'true'),
    ofMachine(atMost(`slowest alone, ms (${alone.name})`, Math.round(alone.aloneMs), LIMIT_MS)),
    ofMachine(atMost(`slowest in parallel, ms (${slowest.name})`, Math.round(slowest.slowestMs), LIMIT_MS)),
    ofMachine(atMost(`memory grew by, MiB (${largest.name})`, inMebibytes(largest.growth), 2 * DECODED_CAP_MIB)),
    ...blasts.map(({ name, statuses, aloneMs, slowestMs, growth }) =>
      told(
        name,
        `${[...statuses].map(([status, count]) => `${count} × ${status}`).join(', ')}; ${aloneMs.toFixed(0)} ms alone, ` +
          `${slowestMs.toFixed(0)} ms in parallel, ${inMebibytes(growth)} MiB`,
      ),
    ),
  ];
}

export const bombsRow: HostileRow = { number: 34, title: 'bodies that unpack to far more', run };

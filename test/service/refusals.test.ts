import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type ClientRequest, request } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { compress } from 'snappyjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SeriesFields, symbolizedRequest, writeRequest } from '../ingest/formats/remote-write/write-messages.ts';
import { decodeStatus } from '../support/otlp/rpc-status.ts';
import { hasEngine, type Running, running } from './running-service.ts';

const MIB = 1024 ** 2;
const LIMITS = {
  POSTFLIGHT_WIRE_LIMIT: '1MiB',
  POSTFLIGHT_DECODED_LIMIT: '2MiB',
  POSTFLIGHT_IN_FLIGHT_LIMIT: '3MiB',
};

/** Packs to a thirtieth: no bomb, only too much. */
const TOO_MUCH = Array.from({ length: 300_000 }, (_, index) => `{"k":${index >> 8}},`).join('');
/** Packs to a half; beside a body that is held as well, it is more than all may hold. */
const TOO_MUCH_AT_ONCE = randomBytes(0.85 * MIB).toString('hex');
const HELD_BYTES = 0.75 * MIB;
const HELD_AT_ONCE = 2;

type Body = string | Buffer<ArrayBuffer>;

async function post(url: string, body: Body, headers: Record<string, string>) {
  const response = await fetch(url, { method: 'POST', body, headers });
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

/** Bodies of which so much has come, and no more comes. */
async function unfinished(url: string, bytes: number, headers: Record<string, string>): Promise<ClientRequest[]> {
  if (bytes === 0) return [];
  const options = {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'content-length': HELD_BYTES },
  };
  const held = Array.from({ length: HELD_AT_ONCE }, () => {
    const sent = request(`${url}/v1/metrics`, options);
    sent.on('error', () => undefined);
    sent.write(Buffer.alloc(bytes));
    return sent;
  });
  await expect
    .poll(() => bytesInFlight(url, headers), { timeout: 30_000 })
    .toBeGreaterThanOrEqual(HELD_AT_ONCE * bytes);
  return held;
}

async function bytesInFlight(url: string, headers: Record<string, string>): Promise<number> {
  const text = await (await fetch(`${url}/metrics`, { headers })).text();
  return Number(/^postflight_ingest_in_flight_bytes (\d+)$/m.exec(text)?.[1]);
}

interface Refusal {
  readonly what: string;
  readonly body: Body;
  readonly headers?: Record<string, string>;
  /** While so much of two other bodies has come, and not the rest. */
  readonly besideBytes?: number;
  /** Whose token; the administrator's otherwise. */
  readonly by?: 'nobody' | 'reader';
  readonly status: number;
  readonly code: number;
  readonly says: RegExp;
}

const REFUSALS: readonly Refusal[] = [
  { what: 'a body that cannot be decoded', body: '\x0a\xff{', status: 400, code: 3, says: /./ },
  {
    what: 'a body that does not unpack',
    body: 'x',
    headers: { 'Content-Encoding': 'gzip' },
    status: 400,
    code: 3,
    says: /gzip|unpack/i,
  },
  {
    what: 'an encoding that is not known',
    body: 'x',
    headers: { 'Content-Encoding': 'br' },
    status: 415,
    code: 3,
    says: /"?br"?/,
  },
  { what: 'a body too large as it is sent', body: 'x'.repeat(MIB + 1), status: 413, code: 8, says: /1048576 bytes/ },
  {
    what: 'a body too large once it is unpacked',
    body: gzipSync(TOO_MUCH) as Buffer<ArrayBuffer>,
    headers: { 'Content-Encoding': 'gzip' },
    status: 413,
    code: 8,
    says: /2097152 bytes/,
  },
  {
    what: 'more than all bodies may hold at one time',
    body: gzipSync(TOO_MUCH_AT_ONCE) as Buffer<ArrayBuffer>,
    headers: { 'Content-Encoding': 'gzip' },
    besideBytes: HELD_BYTES - 1,
    status: 503,
    code: 14,
    says: /./,
  },
  { what: 'who has no token', body: '', by: 'nobody', status: 401, code: 16, says: /token/ },
  { what: 'who has a token that may not', body: '', by: 'reader', status: 403, code: 7, says: /scope ingest/ },
];

describe.runIf(hasEngine())('what the service does not take', () => {
  let service: Running;
  const tokens = { administrator: '', reader: '' };
  beforeAll(async () => {
    service = await running({ POSTFLIGHT_LISTEN: '0.0.0.0:0', ...LIMITS });
    tokens.administrator = readFileSync(join(service.folder, 'admin-token'), 'utf8').trim();
    const made = await post(
      `${service.url}/api/v1/tokens`,
      JSON.stringify({ name: 'reader', tenant: 'default', scopes: ['read'] }),
      { Authorization: `Bearer ${tokens.administrator}`, 'Content-Type': 'application/json' },
    );
    tokens.reader = (JSON.parse(made.bytes.toString()) as { token: string }).token;
  });
  afterAll(() => service.stop());
  const tokenOf = (by: Refusal['by']): Record<string, string> => {
    if (by === 'nobody') return {};
    return { Authorization: `Bearer ${by === 'reader' ? tokens.reader : tokens.administrator}` };
  };

  describe.each(['application/json', 'application/x-protobuf'])('in %s', (type) => {
    it.each(REFUSALS)(
      'is told as a google.rpc.Status and nothing else: $what',
      async ({ body, headers, besideBytes = 0, by, ...expected }) => {
        const others = await unfinished(service.url, besideBytes, tokenOf(undefined));
        for (const signal of ['metrics', 'traces', 'logs']) {
          const answer = await post(`${service.url}/v1/${signal}`, body, {
            'Content-Type': type,
            ...tokenOf(by),
            ...headers,
          });
          expect([signal, answer.status, answer.headers.get('content-type')]).toEqual([signal, expected.status, type]);
          const status = type === 'application/json' ? JSON.parse(answer.bytes.toString()) : decodeStatus(answer.bytes);
          expect(status).toEqual({ code: expected.code, message: expect.stringMatching(expected.says) });
          expect(answer.headers.get('retry-after')).toEqual(
            expected.status === 503 ? expect.stringMatching(/^\d+$/) : null,
          );
          expect(answer.headers.get('www-authenticate')).toBe(expected.status === 401 ? 'Bearer' : null);
        }
        for (const other of others) other.destroy();
      },
    );
  });

  it('is told in JSON where the type is not known', async () => {
    const answer = await post(`${service.url}/v1/metrics`, 'x', {
      'Content-Type': 'text/plain',
      ...tokenOf(undefined),
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([415, 'application/json']);
    const says = expect.stringMatching(/"text\/plain" is not understood/);
    expect(JSON.parse(answer.bytes.toString())).toEqual({ code: 3, message: says });
  });

  it('is told with the methods there are, where the method is another', async () => {
    for (const path of ['/v1/metrics', '/v1/traces', '/v1/logs', '/api/v1/write', '/api/v1/push']) {
      const answer = await fetch(`${service.url}${path}`);
      expect([path, answer.status, answer.headers.get('allow')]).toEqual([path, 405, 'POST']);
    }
  });

  it('leaves the API its own limit after unpacking', async () => {
    const body = gzipSync(`# ${TOO_MUCH}\n`.repeat(2)) as Buffer<ArrayBuffer>;
    const headers = { 'Content-Type': 'application/yaml', 'Content-Encoding': 'gzip', ...tokenOf(undefined) };
    const answer = await post(`${service.url}/api/v1/upgrades`, body, headers);
    expect(answer.status === 413 || answer.status === 503).toBe(true);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });
});

describe.runIf(hasEngine())('both addresses of remote write', () => {
  let service: Running;
  beforeAll(async () => {
    service = await running();
  });
  afterAll(() => service.stop());

  const PATHS = ['/api/v1/write', '/api/v1/push'];
  const VERSIONS = {
    'application/x-protobuf': writeRequest,
    'application/x-protobuf;proto=io.prometheus.write.v2.Request': symbolizedRequest,
  };

  it('take both versions, and what they took is counted', async () => {
    const minuteMs = Math.floor(Date.now() / 60_000) * 60_000;
    const sent: string[] = [];
    for (const path of PATHS) {
      for (const [type, encode] of Object.entries(VERSIONS)) {
        const route = `${path}/${encode.name}`;
        const labels = { job: 'shop', instance: 'a', http_request_method: 'GET', http_route: route };
        const series = ['_count', '_sum', '_bucket'].map((suffix): SeriesFields => {
          const le = suffix === '_bucket' ? { le: '+Inf' } : {};
          return {
            labels: { __name__: `http_server_request_duration_seconds${suffix}`, ...labels, ...le },
            samples: [
              { value: 5, timestamp: minuteMs - 180_000 },
              { value: 12, timestamp: minuteMs - 120_000 },
            ],
            type: 3,
          };
        });
        const headers = { 'Content-Type': type, 'Content-Encoding': 'snappy' };
        const answer = await post(`${service.url}${path}`, compress(encode(series)) as Buffer<ArrayBuffer>, headers);
        expect([route, answer.status, answer.bytes.toString()]).toEqual([route, 204, '']);
        sent.push(route);
      }
    }
    const answer = await fetch(`${service.url}/api/v1/cells`);
    const { cells } = (await answer.json()) as { cells: { service: string; endpoint: string; requests: number }[] };
    const counted = cells.map((cell) => [cell.service, cell.endpoint, cell.requests]);
    expect(counted.sort()).toEqual(sent.map((route) => ['shop', `GET ${route}`, 7]).sort());
  });

  it('refuse what unpacks to more than the limit, by its stated length, before unpacking it', async () => {
    // A length of 64 MiB, and nothing behind it.
    const lie = Buffer.from([0x80, 0x80, 0x80, 0x20, 0x00]);
    for (const path of PATHS) {
      const headers = { 'Content-Type': 'application/x-protobuf', 'Content-Encoding': 'snappy' };
      expect([path, (await post(`${service.url}${path}`, lie, headers)).status]).toEqual([path, 413]);
    }
  });
});

describe.skipIf(hasEngine())('what the service does not take', () => {
  it('is not tested here: the optional package chdb is not installed', () => {
    console.warn('SKIPPED: chdb is not installed on this platform');
  });
});

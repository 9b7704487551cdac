import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, runJson } from '../support/command-line.ts';
import { OTLP_REQUESTS } from '../support/otlp/otlp-schema.ts';
import { twinsOf } from '../support/otlp/protobuf-message.ts';
import {
  EXAMPLE,
  hasEngine,
  postAll,
  type RecordedRequest,
  type Running,
  recordedRequests,
  reportOfExample,
  running,
} from './running-service.ts';

type Json = ReturnType<typeof JSON.parse>;

const requests = recordedRequests();
const ENCODINGS = {
  json: ({ line }: RecordedRequest) => ({ contentType: 'application/json', body: line }),
  protobuf: ({ signal, line }: RecordedRequest) => {
    const type = OTLP_REQUESTS[signal];
    const { message } = twinsOf(type, JSON.parse(line));
    return {
      contentType: 'application/x-protobuf',
      body: type.encode(type.create(message)).finish() as Uint8Array<ArrayBuffer>,
    };
  },
};

/** What a reader acts on, without what says how the bytes came. */
function conclusions({ verdict, comparisons, suspects, budgets }: Json): Json {
  return { verdict, comparisons, suspects, budgets };
}

describe.runIf(hasEngine()).each(['json', 'protobuf'] as const)('telemetry that was sent as %s', (encoding) => {
  let service: Running;
  beforeAll(async () => {
    service = await running();
  });
  afterAll(() => service.stop());

  it('leads to the very report that the same telemetry in files leads to', { timeout: 240_000 }, async () => {
    const answers = await postAll(service.url, requests, ENCODINGS[encoding]);
    expect([...answers]).toEqual([[encoding === 'json' ? '200 2' : '200 0', requests.length]]);
    // Sent again, as by a client that lost the answer: it counts once.
    await postAll(service.url, requests.slice(0, 40), ENCODINGS[encoding]);
    const report = await reportOfExample(service.url);
    const { report: ofFiles } = await runJson(['analyze', join(EXAMPLE, 'upgrade.yaml')]);
    expect(conclusions(report)).toEqual(conclusions(JSON.parse(JSON.stringify(ofFiles))));
    expect(await run(['gate', 'dten-4.2.0', '--server', service.url])).toMatchObject({ status: 1 });
  });
});

describe.skipIf(hasEngine())('telemetry that was sent', () => {
  it('is not tested here: the optional package chdb is not installed', () => {
    console.warn('SKIPPED: chdb is not installed on this platform');
  });
});

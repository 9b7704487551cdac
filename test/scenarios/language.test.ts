import { describe, expect, it } from 'vitest';
import { readScenario } from '../../bench/evaluate/scenarios/read-scenario.ts';
import { AppError } from '../../src/domain/error.ts';

const TEXT = `# A world to read.
load
  service gateway on 8 instances, capacity 900 requests/min
    endpoint "POST /orders", 240 requests/min, p50 60 ms, p99 300 ms, errors 0.5 %
      kinds by client.type web 80 %, batch 20 % latency x 4
      calls ledger "POST /entries", retries 1 %, backoff 20 ms, timeout 1 s
  service ledger on 2 instances
    endpoint "POST /entries", p50 10 ms
  baseline 90 min, window 15 min, post 2 h
change
  binary gateway-2 of gateway from 1 to 2 at -10 min on instances 1 to 4
  flag backoff.v2 of gateway from off to on at +20 min for 50 % of the requests, unseen
    retries x 2.5 with gateway-2, latency of the slowest 5 % x 1.8 at "POST /orders"
  config pool of gateway from 1 to 2 at +0 min for 90 % of batch, 10 % of web, unseen
  trouble of ledger at +5 min until +9 min on instance 2
    latency x 3 growing over 20 min
expect
  verdict regressed
  backoff.v2 blamed or cannot-separate from gateway-2 with 50 % to 100 %
  gateway-2 cleared
  pool cleared
`;

function faultOf(text: string): { message: string; place: string | null; remedy: string | null } {
  try {
    readScenario(text, 'made-up.scenario');
  } catch (error) {
    if (error instanceof AppError) return { message: error.message, place: error.place, remedy: error.remedy };
    throw error;
  }
  throw new Error('it was understood');
}

describe('the language of scenarios', () => {
  it('says what was there, what happened and what is expected', () => {
    const { name, title, load, events, expectation } = readScenario(TEXT, 'test/made-up.scenario');
    expect([name, title]).toEqual(['made-up', 'A world to read.']);
    expect(load).toMatchObject({ baselineMinutes: 90, windowMinutes: 15, postMinutes: 120, instancesDiffer: 0.03 });
    expect(load.services[0]).toMatchObject({ name: 'gateway', instances: 8, capacity: 900 });
    expect(load.services[0]?.endpoints[0]).toMatchObject({
      name: 'POST /orders',
      requestsPerMinute: 240,
      latency: { p50Ms: 60, p99Ms: 300 },
      errors: 0.005,
      calls: [{ peer: 'ledger', endpoint: 'POST /entries', retries: 0.01, backoffMs: 20, timeoutMs: 1000 }],
      kinds: { attribute: 'client.type', kinds: [{ share: 0.8 }, { value: 'batch', latencyFactor: 4 }] },
    });
    expect(load.services[1]?.endpoints[0]).toMatchObject({ requestsPerMinute: 0, latency: { p99Ms: 40 }, errors: 0 });
    expect(events).toMatchObject([
      {
        kind: 'binary',
        place: 'gateway',
        atMinute: -10,
        scope: { kind: 'instances', first: 1, last: 4 },
        isSeen: true,
      },
      {
        id: 'backoff.v2',
        scope: { kind: 'requests', share: 0.5 },
        isSeen: false,
        effects: [
          { of: 'retries', factor: 2.5, together: 'gateway-2' },
          { of: 'latency', factor: 1.8, slowest: 0.05, growsMinutes: null, endpoint: 'POST /orders' },
        ],
      },
      { scope: { shares: new Map(Object.entries({ batch: 0.9, web: 0.1 })) }, isSeen: false },
      { kind: 'trouble', atMinute: 5, untilMinute: 9, scope: { first: 2, last: 2 }, effects: [{ growsMinutes: 20 }] },
    ]);
    expect(expectation).toMatchObject({
      verdicts: ['regressed'],
      suspects: [
        { verdicts: ['blamed', 'cannot-separate'], inseparableFrom: ['gateway-2'], share: [0.5, 1] },
        { change: 'gateway-2', verdicts: ['cleared'] },
        { change: 'pool' },
      ],
    });
  });

  it.each([
    ['retries x 2.5', 'retrys x 2.5', 13, /did you mean "retries"/],
    ['flag backoff.v2', 'flagg backoff.v2', 12, /did you mean "flag"/],
    ['expect\n', 'expects\n', 17, /did you mean "expect"/],
    ['verdict regressed', 'verdict regresed', 18, /did you mean "regressed"/],
    ['for 50 % of the requests', 'for 50 % of requests', 12, /write one of web, batch/],
    ['p50 60 ms', 'p50 60 msec', 4, /write one of ms, s, min, h/],
    ['p99 300 ms', 'p99 30 ms', 4, /endpoint "NAME"/],
    ['errors 0.5 %', 'errors half', 4, /endpoint "NAME"/],
    ['errors 0.5 %', 'errors 120 %', 4, /write 0 % to 100 %/],
    ['web 80 %', 'web 70 %', 5, /add up to 100 %/],
    ['calls ledger', 'calls ledgre', 6, /add: p50 TIME/],
    ['"POST /entries", retries', '"POST /entry", retries', 6, /did you mean "POST \/entries"/],
    ['of gateway from 1', 'of gatway from 1', 11, /did you mean "gateway"/],
    ['with gateway-2, latency', 'with gateway-3, latency', 13, /gateway-2/],
    ['  gateway-2 cleared\n', '', 11, /say it once below expect/],
    ['  gateway-2 cleared', '  gateway-2 cleared\n  nobody cleared', 21, /write one of gateway-2, backoff.v2/],
    ['  gateway-2 cleared', '   gateway-2 cleared', 20, /indent by 2 spaces/],
    ['90 % of batch', '90 % of bach', 14, /did you mean "batch"/],
    ['instances 1 to 4', 'instances 4 to 1', 11, /smaller number first/],
    ['# A world to read.\n', '', 1, /begin the file with a # comment/],
    [', post 2 h', '', 9, /baseline TIME/],
    ['post 2 h', 'post 90 s', 9, /write min or h/],
    ['verdict regressed\n', 'verdict regressed\n    and more\n', 19, /indent it less/],
  ])('tells file, line and remedy where "%s" became "%s"', (right, wrong, line, remedy) => {
    expect(TEXT).toContain(right);
    const fault = faultOf(TEXT.replace(right, wrong));
    expect(fault.remedy).toMatch(remedy);
    expect(fault.place).toBe(`made-up.scenario:${line}`);
  });

  it.each(['load', 'change', 'expect'])('knows that the section "%s" must be there once', (section) => {
    expect(faultOf(TEXT.replace(`${section}\n`, `# ${section}\n`)).remedy).not.toBeNull();
    expect(faultOf(`${TEXT}${section}\n`).message).toContain('second section');
  });
});

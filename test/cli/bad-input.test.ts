import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { QualityCode } from '../../src/domain/quality.ts';
import { folderOf, type Ran, run, runJson } from '../support/command-line.ts';
import { type LineOptions, minuteLine } from '../support/otlp-lines.ts';

const START_MS = Date.UTC(2026, 10, 20, 1);
const HOUR = 60;
const at = (minute: number): number => START_MS + minute * 60_000;
const iso = (minute: number): string => new Date(at(minute)).toISOString();

/** An hour before, an hour after; two instances unless told otherwise. */
function lines(options: (minute: number) => Partial<LineOptions> | null = () => ({})): string[] {
  return Array.from({ length: 2 * HOUR }, (_, minute) => minute).flatMap((minute) => {
    const wanted = options(minute);
    if (wanted === null) return [];
    return ['shop-1', 'shop-2'].map((instance) => minuteLine(at(minute), { instance, ...wanted }));
  });
}

const DOCUMENT = [
  'apiVersion: postflight/v1',
  'kind: Upgrade',
  'metadata: { name: shop-1.1 }',
  'spec:',
  `  baseline: { start: "${iso(0)}", end: "${iso(HOUR)}" }`,
  `  post: { start: "${iso(HOUR)}", end: "${iso(2 * HOUR)}" }`,
  '  changes:',
  `    - { id: shop-1.1, kind: binary, service: shop, from: "1.0.0", to: "1.1.0", at: "${iso(HOUR)}" }`,
  '  telemetry: [{ otlp: "*.jsonl*" }]',
  '',
];

let folder: ReturnType<typeof folderOf> | null = null;
afterEach(() => {
  folder?.dispose();
  folder = null;
});

function given(telemetry: string | Uint8Array, document: readonly string[] = DOCUMENT, name = 'metrics.jsonl'): string {
  folder = folderOf({ 'upgrade.yaml': document.join('\n'), [name]: telemetry });
  return `${folder.path}/upgrade.yaml`;
}

function codesOf({ report }: { report: { quality: readonly { code: QualityCode }[] } }): string[] {
  return report.quality.map(({ code }) => code);
}

function expectNoStackTrace({ stderr }: Ran): void {
  expect(stderr).not.toMatch(/\n\s+at .*\(.*:\d+:\d+\)/);
}

describe('a document that is wrong', () => {
  const broken = (line: number, text: string): string[] => DOCUMENT.map((one, i) => (i === line - 1 ? text : one));

  it.each([
    ['an unknown key', 9, '  telemetri: [{ otlp: "*.jsonl" }]', /upgrade\.yaml:9.*telemetri/s],
    ['times reversed', 5, `  baseline: { start: "${iso(HOUR)}", end: "${iso(0)}" }`, /upgrade\.yaml:5/],
    ['an unknown kind of change', 8, '    - { id: a, kind: weather }', /upgrade\.yaml:8.*weather.*binary/s],
    ['a time without a zone', 6, '  post: { start: 2026-11-20T03:00:00, end: 2026-11-20T04:00:00 }', /upgrade\.yaml:6/],
  ])('%s is named with its line and a remedy, and exits 2', async (_name, line, text, message) => {
    const ran = await run(['analyze', given('', broken(line, text))]);
    expect(ran.status).toBe(2);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toMatch(message);
    expectNoStackTrace(ran);
  });

  it('that does not exist exits 2 and names the path', async () => {
    const ran = await run(['analyze', 'nowhere/upgrade.yaml']);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('nowhere/upgrade.yaml');
  });
});

describe('what a document names and is not there', () => {
  it.each([
    [
      'SLO files',
      '  slos: [slos.yaml, other.yaml]',
      2,
      [
        /^upgrade\.yaml:10: spec\.slos\[0\]: cannot read "slos\.yaml": ENOENT/m,
        /^upgrade\.yaml:10: spec\.slos\[1\]: /m,
      ],
    ],
    ['no telemetry at all', '', 2, [/upgrade\.yaml:4: spec\.telemetry: the document names no telemetry/]],
  ])('is named with document, line and field: %s', async (_name, line, status, messages) => {
    const document = [...DOCUMENT.slice(0, 8), ...(line === '' ? [] : [DOCUMENT[8]!, line])];
    const ran = await run(['analyze', given('', document)]);
    expect([ran.status, ran.stdout]).toEqual([status, '']);
    for (const message of messages) expect(ran.stderr).toMatch(message);
  });
});

describe('a command line that is wrong', () => {
  it.each([[['analyse', 'x']], [['analyze']], [['analyze', 'x', '--colour']], [['analyze', 'x', '-o', 'pdf']]])(
    '%j exits 2 and says so on stderr',
    async (args) => {
      const ran = await run(args);
      expect(ran).toMatchObject({ status: 2, stdout: '' });
      expect(ran.stderr.length).toBeGreaterThan(10);
    },
  );
});

describe('help', () => {
  it('for a command that is not known is the error of that command', async () => {
    for (const name of ['bogus', 'serv']) {
      const ran = await run(['help', name]);
      expect(ran).toEqual(await run([name]));
      expect(ran).toMatchObject({ status: 2, stdout: '' });
      expect(ran.stderr).toContain(`unknown command '${name}'`);
    }
  });

  it('for two commands at once is refused', async () => {
    expect(await run(['help', 'serve', 'gate'])).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('too many arguments'),
    });
  });

  it.each([[['help']], [['help', 'gate']]])('%j goes to stdout, as with --help', async (args) => {
    const ran = await run(args);
    expect(ran).toEqual(await run([...args.slice(1), '--help']));
    expect(ran).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('Usage: postflight') });
  });
});

describe('telemetry that cannot be read', () => {
  it('exits 4 and names the pattern when no file matches', async () => {
    const path = given('', DOCUMENT, 'metrics.txt');
    const ran = await run(['analyze', path]);
    expect(ran).toMatchObject({ status: 4, stdout: '' });
    expect(ran.stderr).toContain('upgrade.yaml:9: spec.telemetry[0]: no file matches "*.jsonl*"');
  });
});

describe('telemetry that holds nothing but garbage', () => {
  it('exits 4 and names the first place and the reason', async () => {
    const ran = await run(['analyze', given('garbage\nmore of it\n')]);
    expect(ran).toMatchObject({ status: 4, stdout: '' });
    expect(ran.stderr).toContain('metrics.jsonl:1');
    expectNoStackTrace(ran);
  });

  const SCRAPED = '# TYPE up gauge\nup{job="shop"} 1\nup{job="cart"} 1\n';
  const exposition = DOCUMENT.map((line) => line.replace('{ otlp: "*.jsonl*" }', '{ openmetrics: "*.txt" }'));

  it('exits 4 for pages as they are scraped, and says what they lack', async () => {
    const ran = await run(['analyze', given(SCRAPED, exposition, 'metrics.txt')]);
    expect(ran).toMatchObject({ status: 4, stdout: '' });
    expect(ran.stderr).toContain('first metrics.txt:2: the sample has no timestamp');
    expect(ran.stderr).toContain('try: scrapes carry no time: record with timestamps, or name a Prometheus server');
  });

  it('goes on where one sample has a time', async () => {
    const ran = await runJson(['analyze', given(`${SCRAPED}up 1 1795000000\n`, exposition, 'metrics.txt')]);
    expect(ran.status).toBe(3);
    expect(codesOf(ran)).toContain('missing-time');
  });
});

describe('telemetry that is partly broken', () => {
  const good = lines().join('\n');

  it.each<[string, string | Uint8Array, QualityCode]>([
    ['lines that are not JSON', `${good}\nnot json at all\n`, 'not-json'],
    ['half a line at the end', `${good}\n${lines()[0]?.slice(0, 200)}`, 'not-json'],
    ['JSON of another signal', `${good}\n{"resourceProfiles":[]}\n`, 'unknown-signal'],
    ['NaN values', `${good}\n${withPoint({ sum: 'NaN', count: 'NaN' })}\n`, 'bad-point'],
    ['negative counts', `${good}\n${withPoint({ count: '-4' })}\n`, 'negative-count'],
    [
      'buckets that do not match their bounds',
      `${good}\n${withPoint({ bucketCounts: ['1', '2'] })}\n`,
      'bucket-mismatch',
    ],
    ['points without a time', `${good}\n${withPoint({ timeUnixNano: '0' })}\n`, 'missing-time'],
  ])('%s are counted in quality and cost nothing else', async (_name, text, code) => {
    const clean = await runJson(['analyze', given(good)]);
    folder?.dispose();
    const dirty = await runJson(['analyze', given(text)]);
    expect(dirty.status).toBe(clean.status);
    expect(dirty.report.comparisons).toEqual(clean.report.comparisons);
    const found = dirty.report.quality.find((finding) => finding.code === code);
    expect(found?.where ?? codesOf(dirty).join()).toContain('metrics.jsonl');
  });

  it('a gzip file that was cut off is used up to the cut', async () => {
    const whole = gzipSync(good);
    const cut = whole.subarray(0, Math.floor(whole.length * 0.8));
    const ran = await runJson(['analyze', given(cut, DOCUMENT, 'metrics.jsonl.gz')]);
    expect(codesOf(ran)).toContain('truncated-file');
    expect(ran.report.inputs.points).toBeGreaterThan(100);
  });

  it('a pattern without files among others is named and costs nothing else', async () => {
    const document = DOCUMENT.map((line) =>
      line.replace('{ otlp: "*.jsonl*" }', '{ otlp: "*.jsonl*" }, { otlp: "none/*.gz" }'),
    );
    const ran = await runJson(['analyze', given(good, document)]);
    const found = ran.report.quality.find(({ code }) => code === 'unreadable-file');
    expect(found?.message).toContain('none/*.gz');
    expect(ran.report.comparisons.length).toBeGreaterThan(0);
  });

  it('milliseconds named as seconds are pointed out', async () => {
    const text = lines(() => ({ unit: 'ms' }))
      .join('\n')
      .replaceAll('"unit":"ms"', '"unit":"s"');
    const ran = await runJson(['analyze', given(text)]);
    expect(codesOf(ran)).toContain('unit-mismatch');
  });
});

describe('data that cannot answer', () => {
  it('none at all is cannot-tell with exit 3, never a pass', async () => {
    const ran = await runJson(['analyze', given('\n')]);
    expect(ran.status).toBe(3);
    expect(ran.report.verdict).toBe('cannot-tell');
    expect(codesOf(ran)).toContain('no-data');
  });

  it('an empty post window is cannot-tell and named', async () => {
    const ran = await runJson(['analyze', given(lines((minute) => (minute < HOUR ? {} : null)).join('\n'))]);
    expect(ran.status).toBe(3);
    expect(codesOf(ran)).toContain('empty-window');
  });

  it('an endpoint on one side only is named and not compared', async () => {
    const moved = lines((minute) => ({ route: minute < HOUR ? '/cart' : '/basket' }));
    const ran = await runJson(['analyze', given([...lines(), ...moved].join('\n'))]);
    expect(codesOf(ran)).toContain('one-sided-endpoint');
    const basket = ran.report.comparisons.filter(({ endpoint }) => endpoint?.includes('/basket'));
    expect(basket.map(({ verdict }) => verdict)).not.toContain('regressed');
  });

  it('one instance only is said', async () => {
    const ran = await runJson(['analyze', given(lines(() => ({ instance: 'shop-1' })).join('\n'))]);
    expect(codesOf(ran)).toContain('one-instance');
  });

  it('a change that no traffic met is said, and the change is never blamed', async () => {
    const slower = lines((minute) => ({ latencySeconds: minute < HOUR ? 0.08 : 0.5 }));
    const ran = await runJson(['analyze', given(slower.join('\n'))]);
    expect(ran.report.verdict).toBe('regressed');
    expect(codesOf(ran)).toContain('change-without-traffic');
    expect(ran.report.suspects[0]?.verdict).toBe('cleared');
  });
});

describe('ordinary telemetry with coarse buckets', () => {
  it('can be shown to hold no regression: the share beyond a bound carries the verdict, not the quantiles', async () => {
    const ran = await runJson(['analyze', given(lines(() => ({ requests: 4000, errors: 4 })).join('\n'))]);
    const exceedance = ran.report.comparisons.find(({ indicator }) => indicator === 'latency.exceedance');
    expect(exceedance?.verdict).toBe('no-regression');
    expect(exceedance?.notes).toContainEqual(
      expect.stringMatching(/^counts requests slower than [\d.]+ ms, the bucket bound nearest the baseline's p99$/),
    );
    expect(ran.report.verdict).toBe('no-regression');
    expect(ran.status).toBe(0);
  });

  it('says of a quantile inside a wide bucket that finer buckets would tell, not more data', async () => {
    const { report } = await runJson(['analyze', given(lines().join('\n'))]);
    const p99 = report.comparisons.find(({ indicator }) => indicator === 'latency.p99');
    expect(p99?.verdict).toBe('cannot-tell');
    expect(p99?.needed).toMatch(/finer buckets/);
  });

  it('without any buckets is never a pass: the tail was not seen', async () => {
    const bare = lines()
      .join('\n')
      .replace(/"bucketCounts":\[[^\]]*\],"explicitBounds":\[[^\]]*\]/g, '"bucketCounts":[],"explicitBounds":[]');
    const ran = await runJson(['analyze', given(bare)]);
    expect(ran.status).toBe(3);
    expect(ran.report.comparisons.find(({ indicator }) => indicator === 'latency.p99')?.verdict).toBe('cannot-tell');
  });
});

describe('hostile names', () => {
  it('pass through as text: no prototype is touched, no escape reaches the terminal', async () => {
    const evil = '__proto__/\u001b[31m<script>alert(1)</script>';
    const path = given(lines((minute) => ({ route: evil, latencySeconds: minute < HOUR ? 0.08 : 0.6 })).join('\n'));
    const { report } = await runJson(['analyze', path]);
    expect(report.comparisons.some(({ endpoint }) => endpoint === `GET ${evil}`)).toBe(true);
    const text = await run(['analyze', path]);
    expect(text.stdout).not.toContain('\u001b[31m');
    const page = await run(['analyze', path, '-o', 'html']);
    expect(page.stdout).not.toContain('<script');
  });
});

/** One good line whose first point has other fields. */
function withPoint(fields: Readonly<Record<string, unknown>>): string {
  const line = JSON.parse(minuteLine(at(3), { instance: 'shop-3', errors: 0 })) as {
    resourceMetrics: [{ scopeMetrics: [{ metrics: [{ histogram: { dataPoints: [Record<string, unknown>] } }] }] }];
  };
  Object.assign(line.resourceMetrics[0].scopeMetrics[0].metrics[0].histogram.dataPoints[0], fields);
  return JSON.stringify(line);
}

describe('names and indicators that do not fit', () => {
  it('an endpoint of a hundred thousand characters is clipped on the page and whole in the JSON', async () => {
    const route = `/${'x'.repeat(100_000)}`;
    const path = given(lines(() => ({ route })).join('\n'));
    const text = await run(['analyze', path]);
    expect(text.stdout.length).toBeLessThan(100_000);
    expect((await runJson(['analyze', path])).report.comparisons[0]?.endpoint).toBe(`GET ${route}`);
  });

  it('an indicator whose metric never came is said', async () => {
    const indicator = '  indicators: [{ name: queue, metric: shop.queue, kind: gauge, better: lower }]';
    const ran = await runJson(['analyze', given(lines().join('\n'), [...DOCUMENT.slice(0, -1), indicator, ''])]);
    expect(codesOf(ran)).toContain('indicator-without-data');
  });

  it('a stratum that no traffic carries is said', async () => {
    const strata = '  strata: [client.tpye]';
    const ran = await runJson(['analyze', given(lines().join('\n'), [...DOCUMENT.slice(0, -1), strata, ''])]);
    expect(codesOf(ran)).toContain('stratum-without-data');
  });
});

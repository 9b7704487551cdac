import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { describeConfig, isLoopback, readConfig, readTracingTarget, SETTINGS } from '../src/config.ts';
import { maskUrl } from '../src/config-notations.ts';
import { AppError } from '../src/domain/error.ts';
import { folderOf } from './support/command-line.ts';

const folders: { dispose(): void }[] = [];
afterAll(() => {
  for (const folder of folders) folder.dispose();
});

function fileWith(text: string): string {
  const folder = folderOf({ 'settings.yaml': text });
  folders.push(folder);
  return join(folder.path, 'settings.yaml');
}

function refusal(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('it was accepted');
}

describe('the configuration', () => {
  it('needs nothing: loopback, the port of OTLP, a folder of its own', () => {
    expect(readConfig({})).toMatchObject({
      listen: { host: '127.0.0.1', port: 4318 },
      data: './.postflight',
      clickhouseUrl: null,
      databaseUrl: null,
    });
  });

  it('takes a variable over the file, and the file over the default', () => {
    const file = fileWith('log_level: debug\nanalysis_interval: 5s\n');
    const config = readConfig({ POSTFLIGHT_CONFIG: file, POSTFLIGHT_LOG_LEVEL: 'warn' });
    expect(config).toMatchObject({ logLevel: 'warn', analysisIntervalMs: 5000, decodedLimitBytes: 32 * 1024 ** 2 });
  });

  it('reads a secret out of a file, as orchestrators hand them over', () => {
    const secret = fileWith('postgres://user:word@db:5432/postflight\n');
    expect(readConfig({ POSTFLIGHT_DATABASE_URL_FILE: secret }).databaseUrl).toBe(
      'postgres://user:word@db:5432/postflight',
    );
  });

  it('refuses limits under which a body that is allowed would never be taken', () => {
    const limits = { POSTFLIGHT_DECODED_LIMIT: '64MiB', POSTFLIGHT_IN_FLIGHT_LIMIT: '48MiB' };
    expect(refusal(() => readConfig(limits)).message).toContain('in_flight_limit: the largest body');
    expect(readConfig({ ...limits, POSTFLIGHT_IN_FLIGHT_LIMIT: '72MiB' }).inFlightLimitBytes).toBe(72 * 1024 ** 2);
  });

  it('tells everything that is wrong at once, each with its place and what would be right', () => {
    const file = fileWith('listen: 4318\ndat: x\n');
    const { code, message } = refusal(() =>
      readConfig({ POSTFLIGHT_CONFIG: file, POSTFLIGHT_LISTN: 'x', POSTFLIGHT_WIRE_LIMIT: '8 megabytes' }),
    );
    expect(code).toBe('configuration');
    const example = 'give host:port to listen on, such as 127.0.0.1:4318';
    expect(message).toContain(`${file}:1: listen: "4318" cannot be read; ${example}`);
    expect(message).toContain(`${file}:2: dat: is not a setting; did you mean data?`);
    expect(message).toContain('POSTFLIGHT_LISTN: is not a setting; did you mean POSTFLIGHT_LISTEN?');
    expect(message).toContain('POSTFLIGHT_WIRE_LIMIT: "8 megabytes" cannot be read');
  });

  it('refuses a file that is not there, or not a mapping', () => {
    const none = join(fileWith('listen: x'), 'none.yaml');
    expect(refusal(() => readConfig({}, none)).message).toContain(`--config: cannot read ${none}: `);
    expect(refusal(() => readConfig({ POSTFLIGHT_CONFIG: none })).message).toContain('POSTFLIGHT_CONFIG: cannot read');
    expect(refusal(() => readConfig({}, fileWith('- a\n- b\n'))).message).toContain('is not a mapping of settings');
    expect(refusal(() => readConfig({}, fileWith('data: a\n---\ndata: b\n'))).message).toContain(
      ':3: a second document',
    );
  });

  it('tells the other faults too where a file cannot be read, or is no YAML', () => {
    const environment = { POSTFLIGHT_DATABASE_URL_FILE: '/nowhere', POSTFLIGHT_LOG_LEVEL: 'loud' };
    const { message } = refusal(() => readConfig(environment, fileWith('listen: [\n')));
    expect(message).toMatch(/settings\.yaml:\d+/);
    expect(message).toContain('POSTFLIGHT_DATABASE_URL_FILE: cannot read /nowhere');
    expect(message).toContain('POSTFLIGHT_LOG_LEVEL: "loud" cannot be read');
  });

  it('refuses a secret that is stated twice, for only one of them could count', () => {
    const both = {
      POSTFLIGHT_DATABASE_URL: 'postgres://db/a',
      POSTFLIGHT_DATABASE_URL_FILE: fileWith('postgres://db/b'),
    };
    expect(refusal(() => readConfig(both)).message).toContain('POSTFLIGHT_DATABASE_URL is set too; keep one of them');
  });

  it('passes over what Kubernetes tells of a Service of our name, and over nothing else of that prefix', () => {
    const ofService = {
      POSTFLIGHT_SERVICE_HOST: '10.0.0.1',
      POSTFLIGHT_SERVICE_PORT: '4318',
      POSTFLIGHT_SERVICE_PORT_HTTP: '4318',
      POSTFLIGHT_PORT: 'tcp://10.0.0.1:4318',
      POSTFLIGHT_PORT_4318_TCP: 'tcp://10.0.0.1:4318',
      POSTFLIGHT_PORT_4318_TCP_ADDR: '10.0.0.1',
    };
    expect(readConfig(ofService)).toEqual(readConfig({}));
    expect(refusal(() => readConfig({ POSTFLIGHT_PORT: '4318' })).message).toContain(
      'POSTFLIGHT_PORT: is not a setting',
    );
  });

  it.each([
    ['CLICKHOUSE', 'localhost:8123', 'http://user:password@host:8123/database'],
    ['CLICKHOUSE', 'postgres://me:hush@db/a', 'http://user:password@host:8123/database'],
    ['CLICKHOUSE', 'http://me:50%hush@db/a', '% written as %25'],
    ['DATABASE', 'http://me:hush@db/a', 'postgres://user:password@host:5432/database'],
    ['DATABASE', 'postgres://me:50%hush@db/a', '% written as %25'],
  ])('refuses as the address of %s %s, says how one is written, and repeats no password', (store, url, says) => {
    const { message } = refusal(() => readConfig({ [`POSTFLIGHT_${store}_URL`]: url }));
    expect(message).toContain(`POSTFLIGHT_${store}_URL: what it is set to cannot be read; give`);
    expect(message).toContain(says);
    expect(message).not.toContain('hush');
  });

  it('sends our own traces nowhere where the variable is set to nothing', () => {
    expect(readTracingTarget({ OTEL_EXPORTER_OTLP_ENDPOINT: '' }).endpoint).toBeNull();
    const both = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4318', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://b:4318' };
    expect(readTracingTarget(both)).toMatchObject({
      endpoint: 'http://b:4318',
      namedBy: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    });
  });

  it('leaves the variables of the gate alone', () => {
    expect(readConfig({ POSTFLIGHT_TOKEN: 'secret', POSTFLIGHT_SERVER: 'http://x' })).toEqual(readConfig({}));
  });

  it('never shows a secret: user, password and query of addresses are masked', () => {
    const config = readConfig({
      POSTFLIGHT_CLICKHOUSE_URL: 'https://me:hush@ch.example.com:8443/db?password=hush2',
      POSTFLIGHT_DATABASE_URL: 'postgres://me:hush3@db.example.com/postflight?sslpassword=hush4',
    });
    const shown = describeConfig(config);
    expect(shown).not.toMatch(/hush|me@|me:/);
    expect(shown).toContain('clickhouse_url: https://********@ch.example.com:8443/db?********');
  });

  it('takes secrets of webhooks from a file, for each sender and tenant, and never shows them', () => {
    const github = `github:shop:${'hush'.repeat(8)}`;
    const standard = `standard-webhooks:bank:whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const config = readConfig({ POSTFLIGHT_WEBHOOK_SECRETS_FILE: fileWith(`${github}\n${standard}\n`) });
    expect(config.webhookSecrets.map(({ scheme, tenant }) => [scheme, tenant])).toEqual([
      ['github', 'shop'],
      ['standard-webhooks', 'bank'],
    ]);
    expect(describeConfig(config)).toContain('webhook_secrets: github:shop:******** standard-webhooks:bank:********\n');
  });

  it.each([
    'hush-hush-hush-hush',
    'gitlab:shop:hush-hush-hush-hush',
    'github:hush-hush-hush-hush',
    'github:../shop:hush-hush-hush-hush',
    'github:shop:hush',
    'standard-webhooks:shop:hush-hush-hush-hush',
    'standard-webhooks:shop:whsec_aHVzaA==',
  ])('refuses %s as secrets of webhooks, says how they are written, and does not repeat them', (text) => {
    const { message } = refusal(() => readConfig({ POSTFLIGHT_WEBHOOK_SECRETS: text }));
    expect(message).toContain(
      'POSTFLIGHT_WEBHOOK_SECRETS: what it is set to cannot be read; give scheme:tenant:secret',
    );
    expect(message).toContain('github, launchdarkly, flagsmith, growthbook, standard-webhooks');
    expect(message).not.toContain('hush');
  });

  it('does not repeat the password of an address that is none', () => {
    const { message } = refusal(() => readConfig({ POSTFLIGHT_DATABASE_URL: 'postgres//me:hush@db' }));
    expect(message).not.toContain('hush');
  });

  it('prints what could be written into the file again', () => {
    const file = fileWith(describeConfig(readConfig({ POSTFLIGHT_WIRE_LIMIT: '1500', POSTFLIGHT_ACCEPT_PAST: '90s' })));
    const withoutEmbedded = fileWith(readFileSync(file, 'utf8').replaceAll(/^.*\(embedded\)\n/gm, ''));
    expect(readConfig({}, withoutEmbedded)).toEqual({ ...readConfig({}), wireLimitBytes: 1500, acceptPastMs: 90_000 });
    expect(readFileSync(file, 'utf8')).toContain('points_retention: 35d\n');
  });

  it('prints every setting once, by the name the file has it', () => {
    const lines = describeConfig(readConfig({})).trimEnd().split('\n');
    expect(lines.map((line) => line.split(':')[0])).toEqual(Object.values(SETTINGS).map(({ key }) => key));
  });

  it('keeps an address without secrets as it is', () => {
    expect(maskUrl('http://127.0.0.1:8123/')).toBe('http://127.0.0.1:8123/');
  });

  it.each(['127.0.0.1', '127.8.9.1', '::1', 'localhost'])('takes %s for loopback', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.evil.example', 'localhost.example.com'])(
    'does not take %s for loopback',
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { describeConfig, isLoopback, maskUrl, readConfig, SETTINGS } from '../src/config.ts';
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
    expect(message).toContain('listen: "4318" cannot be read; give host:port to listen on, such as 127.0.0.1:4318');
    expect(message).toContain(`${file}:2: dat: is not a setting; did you mean data?`);
    expect(message).toContain('POSTFLIGHT_LISTN: is not a setting; did you mean POSTFLIGHT_LISTEN?');
    expect(message).toContain('wire_limit: "8 megabytes" cannot be read');
  });

  it('refuses a file that is not there, or not a mapping', () => {
    expect(refusal(() => readConfig({}, join(fileWith('listen: x'), 'none.yaml'))).place).toBe('POSTFLIGHT_CONFIG');
    expect(refusal(() => readConfig({}, fileWith('- a\n- b\n'))).message).toContain('is not a mapping of settings');
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
    expect(message).toContain('webhook_secrets: what it is set to cannot be read; give scheme:tenant:secret');
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

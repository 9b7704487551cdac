import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { createLogger } from '../src/logging.ts';

function logged(run: (log: ReturnType<typeof createLogger>) => void, level = 'info'): string {
  const lines: string[] = [];
  const config = readConfig({
    POSTFLIGHT_LOG_LEVEL: level,
    POSTFLIGHT_CLICKHOUSE_URL: 'https://u:hush%2Done@ch:8443/?password=hush-two',
    POSTFLIGHT_DATABASE_URL: 'postgres://u:hu"sh-three@db/x',
  });
  run(createLogger(config, (line) => lines.push(line)));
  return lines.join('');
}

describe('the log', () => {
  it('is one JSON object a line, with a time people and machines can read', () => {
    const line = logged((log) => log.info({ upgrade: 'dten\n\u001b[31m' }, 'analysed'));
    expect(line.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(line)).toMatchObject({ service: 'postflight', upgrade: 'dten\n\u001b[31m', msg: 'analysed' });
    expect(Date.parse(JSON.parse(line).time)).not.toBeNaN();
    expect(line).not.toContain('\u001b');
  });

  it('shows no secret of the configuration, wherever it got into a message, and no token', () => {
    const text = logged((log) => {
      log.error(new Error('cannot reach https://u:hush%2Done@ch:8443/?password=hush-two'));
      log.error({ nested: { url: 'hush-one' } }, 'hu"sh-three');
      log.info({ header: 'Bearer pf_abcdefghijklmnop_123' });
    });
    expect(text).not.toMatch(/hush|sh-three|abcdefgh/);
    expect(text).toContain('********');
  });

  it('keeps to its level', () => {
    expect(logged((log) => log.info('x'), 'warn')).toBe('');
  });
});

import { expect, it } from 'vitest';
import { healthRoutes, type PartChange } from '../../src/api/health.ts';

it('readiness tells the log why a part is away and when it is back, once each, and the page only that it is', async () => {
  const changes: PartChange[] = [];
  let outage: Error | null = new Error('password of the store: hush');
  const app = healthRoutes({
    checks: {
      records: async () => undefined,
      telemetry: () => (outage === null ? Promise.resolve() : Promise.reject(outage)),
    },
    onChange: (change) => changes.push(change),
    isStopping: () => false,
    metrics: { contentType: 'text/plain', text: async () => '' },
    version: '0',
  });
  const page = async (): Promise<string> => (await app.request('/readyz?verbose')).text();
  expect(await page()).toBe('service: ok\nrecords: ok\ntelemetry: down\nnot ready\n');
  await page();
  expect(changes).toEqual([{ part: 'telemetry', state: 'down', error: outage }]);
  outage = null;
  expect(await page()).toContain('telemetry: ok\nready');
  expect(changes.slice(1)).toEqual([{ part: 'telemetry', state: 'ok', error: null }]);
});

import { describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../src/api/endpoints/index.ts';
import { useApi } from './api-fixture.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

describe('a method that an address does not have', () => {
  const api = useApi();

  it('is 405 with those it has in Allow, for every address of the API and every method', async () => {
    const paths = new Set(ENDPOINTS.map(({ path }) => path));
    for (const path of paths) {
      const has = ENDPOINTS.filter((one) => one.path === path).map(({ method }) => method.toUpperCase());
      const allowed = [...has, ...(has.includes('GET') ? ['HEAD'] : [])].sort().join(', ');
      for (const method of METHODS.filter((one) => !has.includes(one))) {
        const answer = await api.ask(method, path.replaceAll(/\{\w+\}/g, 'a%2Fb'));
        expect([path, method, answer.status, answer.headers.get('Allow')]).toEqual([path, method, 405, allowed]);
        expect(await answer.json()).toMatchObject({
          code: 'method-not-allowed',
          remedy: expect.stringMatching(/use /),
        });
      }
    }
    expect(paths.size).toBeGreaterThan(8);
  });

  it('is told before anyone is asked for a token, and says nothing of what is stored', async () => {
    const answers = [];
    for (const token of [undefined, 'pf_wrong', await api.token(['admin'])]) {
      const answer = await api.ask('PATCH', '/api/v1/upgrades/x', {
        headers: { 'X-Request-Id': 'same' },
        ...(token === undefined ? {} : { token }),
      });
      answers.push([answer.status, await answer.text()]);
    }
    expect(new Set(answers.map(String)).size).toBe(1);
  });

  it('is no answer where nothing is: that is 404', async () => {
    for (const path of ['/api/v1', '/api/v1/', '/api/v1/upgrades/', '/api/v1/upgrades/a/b', '/api/v2/slos']) {
      const answer = await api.ask('DELETE', path, {});
      expect([path, answer.status, answer.headers.get('Allow')]).toEqual([path, 404, null]);
    }
  });
});

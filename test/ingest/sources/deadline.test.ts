import { expect, it } from 'vitest';
import { deadline } from '../../../src/ingest/sources/deadline.ts';

const LONG_MS = 60_000;

it('a deadline aborts when its time is up, and not once it was cleared', async () => {
  const limit = deadline(undefined, 5);
  const cleared = deadline(undefined, 5);
  cleared.clear();
  await expect.poll(() => limit.signal.aborted).toBe(true);
  expect(limit.signal.reason).toMatchObject({ name: 'TimeoutError' });
  expect(cleared.signal.aborted).toBe(false);
});

it('a deadline aborts with the signal it is under, also with one that was aborted before, and leaves it alone after', () => {
  const outer = new AbortController();
  const [limit, cleared] = [deadline(outer.signal, LONG_MS), deadline(outer.signal, LONG_MS)];
  cleared.clear();
  outer.abort(new Error('enough'));
  expect(limit.signal.reason).toMatchObject({ message: 'enough' });
  expect(cleared.signal.aborted).toBe(false);
  const late = deadline(outer.signal, LONG_MS);
  expect(late.signal.aborted).toBe(true);
  for (const one of [limit, late]) one.clear();
});

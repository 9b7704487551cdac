import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RecordStore } from '../../../src/domain/record-store.ts';
import { describeOnEach } from './databases.ts';

const NOW = Date.UTC(2026, 10, 20, 3);

describeOnEach('a document that replaces a certain one only', (place) => {
  let store: RecordStore;
  beforeEach(async () => {
    store = await (await place()).open();
  });
  afterEach(() => store.close());
  const sloOf = (document: string) => ({ tenant: 'default', name: 's', document, changedMs: NOW });

  it('is not put where none is', async () => {
    expect(await store.putUpgrade('default', 'u', 'one', NOW, 'zero')).toBe('stale');
    expect(await store.upgrade('default', 'u')).toBeNull();
    expect(await store.putSlo(sloOf('one'), 'zero')).toBe(false);
    expect(await store.slos('default')).toEqual([]);
  });

  it('is put where that one is, and not where it was', async () => {
    await store.putUpgrade('default', 'u', 'one', NOW);
    expect(await store.putUpgrade('default', 'u', 'one', NOW, 'one')).toBe('same');
    expect(await store.putUpgrade('default', 'u', 'two', NOW, 'one')).toBe('changed');
    expect(await store.putUpgrade('default', 'u', 'three', NOW, 'one')).toBe('stale');
    expect(await store.putUpgrade('default', 'u', 'two', NOW, 'one')).toBe('same');
    expect(await store.upgrade('default', 'u')).toMatchObject({ document: 'two' });
    expect(await store.putSlo(sloOf('one'))).toBe(true);
    expect(await store.putSlo(sloOf('two'), 'one')).toBe(true);
    expect(await store.putSlo(sloOf('three'), 'one')).toBe(false);
    expect(await store.slos('default')).toMatchObject([{ document: 'two' }]);
  });

  it('touches no document of another tenant or name', async () => {
    await store.putUpgrade('other', 'u', 'one', NOW);
    await store.putUpgrade('default', 'other', 'one', NOW);
    await store.putUpgrade('default', 'u', 'one', NOW);
    await store.putUpgrade('default', 'u', 'two', NOW, 'one');
    expect(await store.upgrade('other', 'u')).toMatchObject({ document: 'one' });
    expect(await store.upgrade('default', 'other')).toMatchObject({ document: 'one' });
  });

  it('is put by one of many at a time', async () => {
    await store.putUpgrade('default', 'u', 'first', NOW);
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) => store.putUpgrade('default', 'u', `of ${index}`, NOW, 'first')),
    );
    expect(outcomes.filter((outcome) => outcome === 'changed')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'stale')).toHaveLength(9);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withAnnounced } from '../../src/domain/announced-changes.ts';
import { decodeChange } from '../../src/domain/change-document.ts';

const at = (minute: number) => `2026-11-20T02:${String(minute).padStart(2, '0')}:00Z`;

function flag(minute: number, to: string, id = 'backoff.v2'): string {
  return JSON.stringify({ id, kind: 'flag', flag: 'backoff.v2', to, at: at(minute) });
}

const shown = (stated: readonly string[], announced: readonly string[]) =>
  withAnnounced(
    stated.map((entry) => decodeChange(entry, 'document')),
    announced,
  ).map(({ id, to, atMs }) => [id, to, atMs === null ? null : new Date(atMs).toISOString().slice(14, 16)]);

describe('announced changes beside those of a document', () => {
  it('follow them, unless the document has their identifier', () => {
    expect(shown([flag(10, 'on')], [flag(20, 'off'), flag(30, 'on', 'other')])).toEqual([
      ['backoff.v2', 'on', '10'],
      ['other', 'on', '30'],
    ]);
  });

  it('are one change where they are announced again as they stood, begun when first announced', () => {
    expect(shown([], [flag(10, 'on'), flag(20, 'on'), flag(30, 'on')])).toEqual([['backoff.v2', 'on', '10']]);
  });

  it('are each a candidate of its own where they say otherwise, told apart by their times', () => {
    expect(shown([], [flag(10, 'on'), flag(20, 'off'), flag(30, 'on')])).toEqual([
      ['backoff.v2', 'on', '10'],
      [`backoff.v2 ${at(20)}`, 'off', '20'],
      [`backoff.v2 ${at(30)}`, 'on', '30'],
    ]);
  });

  it('never share an identifier, and lose none of what was announced, whatever it is', () => {
    const entry = fc.record({
      id: fc.constantFrom('a', 'b', `a ${at(5)}`, `a ${at(5)} (2)`),
      minute: fc.integer({ min: 0, max: 9 }),
      to: fc.constantFrom('on', 'off', 'blue'),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 30 }), (entries) => {
        const inOrder = entries.toSorted((a, b) => a.minute - b.minute);
        const changes = withAnnounced(
          [],
          inOrder.map(({ id, minute, to }) => flag(minute, to, id)),
        );
        expect(new Set(changes.map(({ id }) => id)).size).toBe(changes.length);
        for (const { to } of entries) expect(changes.some((change) => change.to === to)).toBe(true);
        const turns = ['a', 'b'].map((id) => {
          const states = inOrder.filter((one) => one.id === id).map((one) => one.to);
          return states.filter((state, index) => state !== states[index - 1]).length;
        });
        expect(changes.length).toBeGreaterThanOrEqual(turns[0]! + turns[1]!);
      }),
    );
  });
});

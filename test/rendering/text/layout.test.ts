import { describe, expect, it } from 'vitest';
import { columnsOf, layOut, solid, truncateMiddle } from '../../../src/rendering/text/layout.ts';

describe('the layout of text', () => {
  it('wraps with a hanging indent', () => {
    const spans = [{ text: 'one two three four five six seven', tone: 'plain' as const }];
    expect(layOut([{ indent: 0, hang: 4, spans }], { width: 24, colour: false })).toBe(
      'one two three four five\n    six seven\n',
    );
  });

  it('keeps pieces that touch on one line, across a change of colour', () => {
    const spans = [
      { text: 'aaaaaaaaaaaaaaaaaaaa (', tone: 'plain' as const },
      { text: 'bold', tone: 'strong' as const },
      { text: ') end', tone: 'plain' as const },
    ];
    expect(layOut([{ indent: 0, hang: 0, spans }], { width: 24, colour: false })).toBe(
      'aaaaaaaaaaaaaaaaaaaa\n(bold) end\n',
    );
  });

  it('does not break inside a solid piece', () => {
    const spans = [{ text: `about twenty letters ${solid('212 ms')}`, tone: 'plain' as const }];
    expect(layOut([{ indent: 0, hang: 0, spans }], { width: 24, colour: false })).toBe(
      'about twenty letters\n212 ms\n',
    );
  });

  it('cuts a name in the middle, by columns and not by letters', () => {
    expect(truncateMiddle('GET /orders/{id}/items', 11)).toBe('GET /…items');
    expect(columnsOf(truncateMiddle('長'.repeat(30), 11))).toBeLessThanOrEqual(11);
    expect(truncateMiddle('short', 11)).toBe('short');
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explanatoryPower, surprise } from '../../src/statistics/adtributor.ts';

const count = fc.integer({ min: 0, max: 50 });
const total = fc.integer({ min: 51, max: 500 });
const element = fc.record({ eventsBefore: count, totalsBefore: total, eventsAfter: count, totalsAfter: total });
type Element = Record<'eventsBefore' | 'totalsBefore' | 'eventsAfter' | 'totalsAfter', number>;
const columns = (elements: readonly Element[]) => ({
  eventsBefore: elements.map((one) => one.eventsBefore),
  totalsBefore: elements.map((one) => one.totalsBefore),
  eventsAfter: elements.map((one) => one.eventsAfter),
  totalsAfter: elements.map((one) => one.totalsAfter),
});
const SAME = { eventsBefore: 10, totalsBefore: 100, eventsAfter: 10, totalsAfter: 100 };

describe('the surprise of a dimension', () => {
  it('is 0.1017492 nats for shares that went from half and half to nine to one', () => {
    const total = surprise(0.5, 0.9) + surprise(0.5, 0.1);
    expect(total).toBeCloseTo(0.1017492, 7);
    expect(total / Math.LN2).toBeCloseTo(0.146793, 6);
  });

  it('is nothing where shares stayed, and ln 2 where all went elsewhere', () => {
    expect(surprise(0.3, 0.3)).toBeCloseTo(0, 12);
    expect(surprise(1, 0) + surprise(0, 1)).toBeCloseTo(Math.LN2, 12);
  });
});

describe('explanatory power', () => {
  it('sums to one', () => {
    fc.assert(
      fc.property(fc.array(element, { minLength: 2, maxLength: 8 }), (elements) => {
        const power = explanatoryPower(columns(elements));
        fc.pre(power.every((one) => Math.abs(one) < 1e6));
        expect(power.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 6);
      }),
    );
  });

  it('is all with the one element that changed, however long the windows are', () => {
    const tenfold = { ...SAME, eventsAfter: 100, totalsAfter: 1000 };
    const power = explanatoryPower(columns([tenfold, { ...tenfold, eventsAfter: 400 }, tenfold]));
    [0, 1, 0].forEach((one, i) => {
      expect(power[i]).toBeCloseTo(one, 12);
    });
  });

  it('is NaN where nothing changed', () => {
    expect(explanatoryPower(columns([SAME, SAME])).every(Number.isNaN)).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { isSlipOf, nearestName } from '../../src/domain/nearest-name.ts';

describe('the nearest known name', () => {
  it.each([
    ['baselin', 'baseline'],
    ['dependancies', 'dependencies'],
    ['Post', 'post'],
    ['psot', 'post'],
    ['slo', 'slos'],
  ])('to %s is %s', (name, expected) => {
    expect(nearestName(name, ['window', 'baseline', 'post', 'dependencies', 'slos'])).toBe(expected);
  });

  it('of two equally near is the one with the same first letter, in any order', () => {
    expect(nearestName('kid', ['id', 'kind'])).toBe('kind');
    expect(nearestName('kid', ['kind', 'id'])).toBe('kind');
  });

  it.each(['', 'zzz', '__proto__', 'x'.repeat(100_000)])('does not exist for a name unlike any (case %#)', (name) => {
    expect(nearestName(name, ['window', 'baseline', 'post'])).toBeNull();
  });
});

describe('a slip', () => {
  it.each([
    ['backoff-v2', 'backoff.v2'],
    ['Backoff.V2', 'backoff.v2'],
    ['gatewai', 'gateway'],
    ['checkuot', 'checkout'],
    ['recomendationservce', 'recommendationservice'],
  ])('is %s for %s', (stated, known) => {
    expect([isSlipOf(stated, known), isSlipOf(known, stated)]).toEqual([true, true]);
  });

  it.each([
    ['checkout.v1', 'checkout.v2'],
    ['checkout.old', 'checkout.new'],
    ['cart', 'card'],
    ['orders', 'borders-eu'],
    ['catalog', 'billing'],
  ])('is not %s for %s', (stated, known) => {
    expect([isSlipOf(stated, known), isSlipOf(known, stated)]).toEqual([false, false]);
  });
});

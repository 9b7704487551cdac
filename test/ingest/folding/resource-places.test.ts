import { describe, expect, it } from 'vitest';
import { attributes, delta, fold, GATEWAY, only, span } from './telemetry-fixture.ts';

const IN_EUROPE = new Map([...GATEWAY, ...attributes({ 'cloud.region': 'eu-west-1', 'host.name': 'ip-10-0-0-1' })]);

describe('where a process runs', () => {
  it('is kept of its resource, on metrics and on spans, but not the name of its host', () => {
    const metrics = only(fold(delta({ resource: IN_EUROPE })));
    const spans = only(fold((sink) => sink.span(span({ resource: IN_EUROPE }))));
    for (const { key } of [metrics, spans]) expect(key.attributes).toEqual(attributes({ 'cloud.region': 'eu-west-1' }));
  });

  it('is not read off a request, which may speak of another place', () => {
    const { key } = only(
      fold((sink) => {
        const { attributes: own } = span();
        sink.span(span({ resource: IN_EUROPE, attributes: new Map([...own, ['cloud.region', 'us-east-1']]) }));
      }),
    );
    expect(key.attributes.get('cloud.region')).toBe('eu-west-1');
  });

  it('divides no series of an instance', () => {
    const folded = fold((sink) => {
      for (const minute of [0, 1, 2]) delta({ resource: IN_EUROPE }, [minute])(sink);
    });
    expect([...only(folded).count]).toEqual([6, 6, 6]);
  });

  it('gives way to an exposure rule that reads the same attribute off the request', () => {
    const settings = { exposureAttributes: new Set(['cloud.region']) };
    const { attributes: own } = span();
    const asked = span({ resource: IN_EUROPE, attributes: new Map([...own, ['cloud.region', 'us-east-1']]) });
    expect(only(fold((sink) => sink.span(asked), settings)).key.attributes.get('cloud.region')).toBe('us-east-1');
  });
});

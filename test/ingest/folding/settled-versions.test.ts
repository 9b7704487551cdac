import { describe, expect, it } from 'vitest';
import { at, attributes, clientSpan, delta, fold, span } from './telemetry-fixture.ts';

/** The versions of the cells when a service restarts with another resource. */
function versionsOf(old: Record<string, string>, fresh: Record<string, string>): (string | null)[] {
  const folded = fold((sink) => {
    [old, fresh].forEach((build, minute) => {
      const resource = attributes({ 'service.name': 'gateway', 'service.instance.id': 'gateway-1', ...build });
      delta({ resource }, [minute])(sink);
      sink.span(span({ resource, spanId: `s${minute}`, startMs: at(minute), endMs: at(minute) + 5 }));
    });
  });
  const versions = (source: string) =>
    folded.cells.series.filter(({ key }) => key.source === source).map(({ key }) => key.version);
  expect(versions('spans')).toEqual(versions('metrics'));
  return versions('metrics');
}

const DIGESTS = ['a', 'b'].map((digit) => `sha256:${digit.repeat(64)}`);

describe('the version of a service that states the same one throughout', () => {
  it.each([
    ['oci.manifest.digest', DIGESTS],
    ['container.image.id', DIGESTS],
    ['deployment.id', ['1408', '1409']],
    ['k8s.replicaset.name', ['gateway-5c8b', 'gateway-7d9f']],
    ['container.image.tag', ['v1', 'v2']],
  ])('is its %s, where that changes', (name, [old, fresh]) => {
    const stated = { 'service.version': '1.0.0' };
    expect(versionsOf({ ...stated, [name]: old! }, { ...stated, [name]: fresh! })).toEqual([old, fresh]);
    expect(versionsOf({ [name]: old! }, { [name]: fresh! })).toEqual([old, fresh]);
  });

  it('is the digest of an image, wherever the image lies', () => {
    const name = 'container.image.repo_digests';
    const [old, fresh] = DIGESTS;
    const moved = [{ [name]: `["a.example.com/gw@${old}"]` }, { [name]: `["b.example.com/team/gw@${fresh}"]` }];
    expect(versionsOf(moved[0]!, moved[1]!)).toEqual([old, fresh]);
    expect(versionsOf({ [name]: `["a.example.com/gw@${old}"]` }, { [name]: `["b.example.com/gw@${old}"]` })).toEqual([
      null,
    ]);
  });

  it('is the list of its tags, in whatever order they come, before any digest', () => {
    const [old, fresh] = DIGESTS;
    const tags = (list: string, digest: string) => ({ 'container.image.tags': list, 'oci.manifest.digest': digest });
    expect(versionsOf(tags('["v1","latest"]', old!), tags('["latest","v2"]', fresh!))).toEqual([
      'latest,v1',
      'latest,v2',
    ]);
    expect(versionsOf(tags('["latest"]', old!), tags('["latest"]', fresh!))).toEqual([old, fresh]);
  });

  it('stays as stated where nothing of its build changes, or a list is broken', () => {
    const stated = { 'service.version': '1.0.0', 'container.image.tags': '["broken' };
    expect(versionsOf(stated, stated)).toEqual(['1.0.0']);
  });
});

describe('the version of a service whose versions differ', () => {
  it('is the stated one, even of several images', () => {
    const [old, fresh] = DIGESTS;
    const build = (version: string, digest: string) => ({ 'service.version': version, 'oci.manifest.digest': digest });
    expect(versionsOf(build('4.1.9', old!), build('4.2.0', fresh!))).toEqual(['4.1.9', '4.2.0']);
    expect(versionsOf({ 'oci.manifest.digest': old! }, build('4.2.0', fresh!))).toEqual([null, '4.2.0']);
  });
});

it('spans of one process stay together when its resource learns more of its image than it says of its version', () => {
  const early = attributes({ 'service.name': 'gateway', 'service.instance.id': 'gateway-1' });
  const late = new Map([...early, ['container.image.id', 'sha256:aa']]);
  const folded = fold((sink) => {
    sink.span(span({ spanId: 's1', resource: early }));
    sink.span(clientSpan({ spanId: 's2', parentSpanId: 's1', resource: late }));
  });
  expect(folded.cells.series.map(({ key }) => [key.endpoint, key.peer])).toEqual([
    ['GET /orders', null],
    ['GET /orders', 'payments'],
  ]);
});

import { expect, it } from 'vitest';
import { pointAttributesOf } from '../../../src/ingest/formats/prometheus/job-resource.ts';

const TARGET = { job: 'shop/orders', instance: '10.0.0.1:9090', namespace: 'shop', pod: 'orders-1', service: 'orders' };

function attributesOf(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(pointAttributesOf(new Map(Object.entries(labels))));
}

it('the port that the Prometheus Operator scraped is no endpoint of the service, what it renamed for that is', () => {
  const rest = { namespace: 'shop', pod: 'orders-1', service: 'orders' };
  expect(attributesOf({ ...TARGET, endpoint: 'http-metrics' })).toEqual(rest);
  expect(attributesOf({ ...TARGET, endpoint: 'http-metrics', exported_endpoint: '/pay' })).toEqual({
    ...rest,
    endpoint: '/pay',
  });
});

it('an endpoint of a process that nothing of the Operator stands beside is its own', () => {
  expect(attributesOf({ job: 'orders', instance: 'a', endpoint: '/pay' })).toEqual({ endpoint: '/pay' });
  expect(attributesOf({ namespace: 'shop', pod: 'orders-1', endpoint: '/pay' })).toMatchObject({ endpoint: '/pay' });
});

import type { Attributes } from '../../../domain/telemetry.ts';

const JOB = 'job';
const INSTANCE = 'instance';

/**
 * The resource that target labels stand for: `job` is `service.namespace/service.name` or the name alone, `instance` the
 * service.instance.id (OpenTelemetry specification, compatibility/prometheus_and_openmetrics.md, resource attributes).
 */
export function resourceOf(labels: Attributes): Attributes {
  const resource = new Map<string, string>();
  const job = labels.get(JOB);
  const instance = labels.get(INSTANCE);
  if (instance !== undefined) resource.set('service.instance.id', instance);
  if (job !== undefined) {
    const slash = job.indexOf('/');
    const isSplit = slash > 0 && slash < job.length - 1;
    resource.set('service.name', isSplit ? job.slice(slash + 1) : job);
    if (isSplit) resource.set('service.namespace', job.slice(0, slash));
  }
  return resource;
}

export function pointAttributesOf(labels: Attributes): Attributes {
  if (!labels.has(JOB) && !labels.has(INSTANCE)) return labels;
  return new Map([...labels].filter(([name]) => name !== JOB && name !== INSTANCE));
}

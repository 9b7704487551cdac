import type { Attributes } from '../../../domain/telemetry.ts';

const JOB = 'job';
const INSTANCE = 'instance';
const ENDPOINT = 'endpoint';
const EXPORTED_ENDPOINT = 'exported_endpoint';

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
  const attributes = new Map([...labels].filter(([name]) => name !== JOB && name !== INSTANCE));
  return isByOperator(labels) ? withoutPort(attributes) : attributes;
}

/** Target labels that the Prometheus Operator gives what a ServiceMonitor or a PodMonitor scrapes. */
const BY_OPERATOR = [JOB, 'namespace', 'pod', ENDPOINT];

function isByOperator(labels: Attributes): boolean {
  return BY_OPERATOR.every((name) => labels.has(name));
}

/** There `endpoint` is the port that was scraped; what the process calls so itself has come under another name. */
function withoutPort(attributes: Map<string, string>): Attributes {
  const own = attributes.get(EXPORTED_ENDPOINT);
  attributes.delete(ENDPOINT);
  attributes.delete(EXPORTED_ENDPOINT);
  if (own !== undefined) attributes.set(ENDPOINT, own);
  return attributes;
}

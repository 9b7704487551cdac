import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Timeline } from './timeline.ts';

export interface Run {
  readonly name: string;
  readonly folder: string;
  readonly turnsFlagOn: boolean;
}

/** Writes the upgrade document with the times the run really had, and the SLOs beside it. */
export async function writeDocuments(run: Run, timeline: Timeline, baselineStartMs: number): Promise<void> {
  await writeFile(join(run.folder, 'upgrade.yaml'), upgradeDocument(run, timeline, baselineStartMs));
  await writeFile(join(run.folder, 'slo.yaml'), SLO_DOCUMENTS);
}

/** What was done when, once it is known when the baseline starts. */
export function upgradeDocument(run: Run, timeline: Timeline, baselineStartMs: number): string {
  const at = (seconds: number): string =>
    new Date(baselineStartMs + seconds * 1000).toISOString().replace('.000Z', 'Z');
  const flag = `
    - id: backoff.v2
      kind: flag
      service: gateway
      flag: backoff.v2
      from: "off"
      to: "on"
      at: ${at(timeline.flagOn)}`;
  return `# Written by \`npm run record\`, with the times of that run.
apiVersion: postflight/v1
kind: Upgrade
metadata:
  name: ${run.name}
spec:
  window: { start: ${at(timeline.window.start)}, end: ${at(timeline.window.end)} }
  baseline: { start: ${at(0)}, end: ${at(timeline.window.start)} }
  post: { start: ${at(timeline.window.end)}, end: ${at(timeline.end)} }
  resolution: ${timeline.blockSeconds}s
  changes:
    - id: gateway-4.2.0
      kind: binary
      service: gateway
      from: "4.1.9"
      to: "4.2.0"
      at: ${at(timeline.gatewayInWindow)}${run.turnsFlagOn ? flag : ''}
    - id: catalog-1.9.0
      kind: binary
      service: catalog
      from: "1.8.2"
      to: "1.9.0"
      at: ${at(timeline.catalog)}
    - id: dten.hybrid.enable
      kind: config
      service: orders
      key: dten.hybrid.enable
      from: "false"
      to: "true"
      at: ${at(timeline.orders)}
    - id: payments-api
      kind: dependency
      peer: payments.example.com
  dependencies:
    - [gateway, orders]
    - [gateway, catalog]
  telemetry:
    - { otlp: "telemetry/*.jsonl.gz" }
  slos: [slo.yaml]
`;
}

export const SLO_DOCUMENTS = `apiVersion: openslo/v1
kind: SLO
metadata:
  name: orders-latency
spec:
  description: 99 % of orders are answered within half a second.
  service: gateway
  budgetingMethod: Occurrences
  timeWindow:
    - duration: 30d
      isRolling: true
  indicator:
    metadata:
      name: orders-latency
    spec:
      thresholdMetric:
        metricSource:
          type: postflight
          spec: { service: gateway, endpoint: "POST /orders", indicator: latency }
  objectives:
    - displayName: within half a second
      op: lte
      value: 0.5
      target: 0.99
---
apiVersion: openslo/v1
kind: SLO
metadata:
  name: orders-availability
spec:
  description: 99.9 % of orders are not answered with a server error.
  service: gateway
  budgetingMethod: Occurrences
  timeWindow:
    - duration: 30d
      isRolling: true
  indicator:
    metadata:
      name: orders-availability
    spec:
      ratioMetric:
        counter: true
        total:
          metricSource:
            type: postflight
            spec: { service: gateway, endpoint: "POST /orders", indicator: requests }
        bad:
          metricSource:
            type: postflight
            spec: { service: gateway, endpoint: "POST /orders", indicator: errors }
  objectives:
    - displayName: not a server error
      target: 0.999
`;

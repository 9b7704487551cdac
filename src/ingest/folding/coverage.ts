import type { MetricCells } from './metric-cells.ts';
import type { QualityCounter } from './quality-counter.ts';
import type { SpanCells } from './span-cells.ts';

const NEARLY_ALL = 0.95;

/** What spans and metrics of one service say about each other. */
export function noteCoverage(metrics: MetricCells, spans: SpanCells, quality: QualityCounter): void {
  for (const [service, served] of metrics.servedByService) {
    const seen = spans.servedByService.get(service) ?? 0;
    if (seen > 0 && seen < NEARLY_ALL * served) {
      quality.add('sampled-spans', service, `${Math.round((100 * seen) / served)} % of ${served} requests`);
    }
  }
  for (const service of metrics.blindCallers) {
    if (!spans.callers.has(service)) quality.add('retries-unavailable', service);
  }
}

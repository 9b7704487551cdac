import { createServer } from 'node:http';
import type { PrometheusExporter } from '@opentelemetry/exporter-prometheus';

const AGAIN_MS = 20;

/**
 * Serves the metrics of this process on the port of its instance. A process that takes over gets the port, and is seen by
 * Prometheus, once the one before it has let go.
 */
export function serveMetrics(exporter: PrometheusExporter, port: number): void {
  const server = createServer((incoming, response) => exporter.getMetricsRequestHandler(incoming, response));
  const listen = (): void => void server.listen(port, '127.0.0.1');
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    setTimeout(listen, AGAIN_MS);
  });
  listen();
}

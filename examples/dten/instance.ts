import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Order, Ready } from './messages.ts';

/** What a process is started as. `id` stays the same when the process is replaced. */
export interface InstanceSettings {
  readonly service: string;
  readonly id: string;
  readonly version: string;
  readonly module: string;
  readonly config: ReadonlyMap<string, string>;
  readonly exportsTraces: boolean;
}

/** One service process: started, told things, drained. */
export class Instance {
  readonly settings: InstanceSettings;
  readonly #process: ChildProcess;
  port = 0;

  constructor(settings: InstanceSettings, recorderEndpoint: string) {
    this.settings = settings;
    this.#process = fork(fileURLToPath(new URL(settings.module, import.meta.url)), {
      env: { ...process.env, ...environmentOf(settings, recorderEndpoint) },
    });
  }

  async ready(): Promise<void> {
    const [message] = await Promise.race([once(this.#process, 'message'), this.#failed()]);
    this.port = (message as Ready).port;
  }

  tell(order: Order): void {
    this.#process.send(order);
  }

  async drain(): Promise<void> {
    const exited = once(this.#process, 'exit');
    this.tell({ kind: 'drain' });
    await exited;
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  async #failed(): Promise<never> {
    const [code] = await once(this.#process, 'exit');
    throw new Error(`${this.settings.id} ended before it was ready (exit status ${code})`);
  }
}

function environmentOf(settings: InstanceSettings, recorderEndpoint: string): Record<string, string> {
  const resource = [
    ['service.version', settings.version],
    ['service.instance.id', settings.id],
    ['deployment.environment.name', 'production'],
    ...[...settings.config].map(([key, value]) => [`config.${key}`, value]),
  ];
  return {
    SERVICE_VERSION: settings.version,
    DTEN_HYBRID_ENABLE: settings.config.get('dten.hybrid.enable') ?? '',
    OTEL_SERVICE_NAME: settings.service,
    OTEL_RESOURCE_ATTRIBUTES: resource.map(([key, value]) => `${key}=${value}`).join(','),
    OTEL_NODE_RESOURCE_DETECTORS: 'env',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_ENDPOINT: recorderEndpoint,
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
    OTEL_METRIC_EXPORT_INTERVAL: '5000',
    OTEL_METRIC_EXPORT_TIMEOUT: '5000',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_TRACES_EXPORTER: settings.exportsTraces ? 'otlp' : 'none',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_LOG_LEVEL: 'ERROR',
  };
}

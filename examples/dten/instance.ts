import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Destinations, METRICS_PORT_VARIABLE, RECORDER_VARIABLE } from './destinations.ts';
import type { Order, Ready } from './messages.ts';
import { SLOWNESS_VARIABLE } from './slowness.ts';

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

  constructor(settings: InstanceSettings, destinations: Destinations, slowness: number) {
    this.settings = settings;
    this.#process = fork(fileURLToPath(new URL(settings.module, import.meta.url)), {
      // Also where whoever starts us reads TypeScript in another way.
      execArgv: ['--import', 'tsx'],
      env: {
        ...process.env,
        ...environmentOf(settings, destinations),
        [SLOWNESS_VARIABLE]: String(slowness),
      },
    });
  }

  async ready(): Promise<void> {
    const [message] = await Promise.race([once(this.#process, 'message'), this.#failed()]);
    this.port = (message as Ready).port;
  }

  /** Says nothing to one that has just gone: what it would have been told no longer matters to it. */
  tell(order: Order): void {
    if (this.#process.connected) this.#process.send(order);
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

function environmentOf(settings: InstanceSettings, destinations: Destinations): Record<string, string> {
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
    OTEL_EXPORTER_OTLP_ENDPOINT: destinations.service ?? '',
    // A service is sent what SDKs send that are told nothing but where.
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: destinations.service === null ? 'delta' : 'cumulative',
    // A machine that is busy answers late; what is given up would be in the recording only.
    OTEL_EXPORTER_OTLP_TIMEOUT: '60000',
    OTEL_METRIC_EXPORT_INTERVAL: String(destinations.metricIntervalMs),
    [RECORDER_VARIABLE]: destinations.recorder,
    [METRICS_PORT_VARIABLE]: String(destinations.metricsPorts.get(settings.id) ?? ''),
    OTEL_TRACES_EXPORTER: settings.exportsTraces ? 'otlp' : 'none',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_LOG_LEVEL: 'ERROR',
  };
}

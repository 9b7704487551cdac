import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../../src/domain/report.ts';
import { decodeReport } from '../../src/domain/report-document.ts';

/** Seven minutes that late telemetry has after the end of post, and the analysis. */
const WITHIN_MS = 600_000;
const QUESTION_MS = 1000;

interface Summary {
  readonly trouble: string | null;
  readonly report: { readonly final: boolean } | null;
}

/** An upgrade that a service watches. */
export class Registration {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #name: string;

  /** `token`: null where the service asks for none. */
  constructor(url: string, token: string | null, name: string) {
    this.#url = url;
    this.#headers = token === null ? {} : { Authorization: `Bearer ${token}` };
    this.#name = name;
  }

  /** The SLOs are stored under the name by which the document knows them. */
  async register(document: string, slos: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, slo] of Object.entries(slos)) await this.#send('PUT', `/api/v1/slos/${name}`, slo);
    await this.#send('POST', '/api/v1/upgrades', document);
  }

  /** The last report, made once late telemetry has had its time after post and some of a later time has come. */
  async finalReport(): Promise<Report> {
    const until = performance.now() + WITHIN_MS;
    while (!(await this.#isFinal())) {
      await this.#send('POST', '/v1/metrics', somethingElse(Date.now()), 'application/json');
      if (performance.now() > until) throw new Error(`${this.#name} has no last report within ${WITHIN_MS} ms`);
      await sleep(QUESTION_MS);
    }
    return decodeReport(await this.#read(`${this.#path}/report`), this.#name);
  }

  get #path(): string {
    return `/api/v1/upgrades/${this.#name}`;
  }

  async #isFinal(): Promise<boolean> {
    const { report, trouble } = JSON.parse(await this.#read(this.#path)) as Summary;
    if (trouble !== null) throw new Error(`${this.#name}: ${trouble}`);
    return report?.final === true;
  }

  async #read(path: string): Promise<string> {
    return await textOf(path, await fetch(`${this.#url}${path}`, { headers: this.#headers }));
  }

  async #send(method: string, path: string, body: string, type = 'application/yaml'): Promise<void> {
    const headers = { ...this.#headers, 'Content-Type': type };
    await textOf(path, await fetch(`${this.#url}${path}`, { method, headers, body }));
  }
}

/** A fleet goes on after an upgrade: a metric that no comparison reads. */
function somethingElse(nowMs: number): string {
  const gauge = { dataPoints: [{ timeUnixNano: `${nowMs}000000`, asDouble: 1 }] };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'elsewhere' } }] };
  return JSON.stringify({
    resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [{ name: 'goes.on', gauge }] }] }],
  });
}

async function textOf(path: string, answer: Response): Promise<string> {
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return text;
}

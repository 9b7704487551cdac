import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { pageOfCells } from '../../src/api/cell-rows.ts';
import { createApi } from '../../src/api/create-api.ts';
import { ENDPOINTS } from '../../src/api/endpoints/index.ts';
import { PROBLEM_TYPE } from '../../src/api/problem.ts';
import { problemSchema } from '../../src/api/schemas.ts';
import type { ApiServices, CellQuery, RequestTrouble } from '../../src/api/services.ts';
import { newToken } from '../../src/api/token.ts';
import type { Cells } from '../../src/domain/cells.ts';
import type { Outcome, RecordStore, Scope } from '../../src/domain/record-store.ts';
import type { ReportVerdict } from '../../src/domain/report.ts';
import { ByteBudget } from '../../src/ingest/routes/byte-budget.ts';
import { openSqliteRecords } from '../../src/store/records/record-store.ts';

export const START_MS = Date.UTC(2026, 10, 20, 3);

export const UPGRADE = `apiVersion: postflight/v1
kind: Upgrade
metadata:
  name: dten-4.2.0
spec:
  window: { start: 2026-11-20T02:00:00Z, end: 2026-11-20T03:00:00Z }
  changes:
    - { id: gateway-4.2.0, kind: binary, service: gateway, to: "4.2.0" }
`;

/** A report as an analysis makes it, said to be of `upgrade`. */
export function reportText(upgrade = 'dten-4.2.0', parts: Record<string, unknown> = {}): string {
  const file = join(import.meta.dirname, '../fixtures/dten/report.json');
  return JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), upgrade, ...parts });
}

export interface Api {
  records: RecordStore;
  troubles: RequestTrouble[];
  cellQueries: (CellQuery & { tenant: string })[];
  stopping: AbortController;
  nowMs: number;
  cells: Cells;
  services: ApiServices;
  /** Called at each wait, in place of the wait: the clock moves on by it. */
  onSleep: (ms: number) => Promise<void>;
  /** A request to the application, whose answer is held against the document of the API. */
  ask(method: string, path: string, options?: AskOptions): Promise<Response>;
  token(scopes: readonly Scope[], tenant?: string): Promise<string>;
  /** As the watch would: claims the upgrade, which has to be due, and settles it. */
  report(verdict: ReportVerdict, options?: ReportOptions): Promise<void>;
}

export interface ReportOptions {
  readonly isFinal?: boolean;
  readonly document?: string;
  readonly tenant?: string;
}

export interface AskOptions {
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly token?: string;
}

const NO_CELLS: Cells = { resolutionMs: 60_000, series: [], calls: [], evaluations: [] };

/** An application on a real record store with a clock of its own, new for each test. */
export function useApi(): Api {
  let folder = '';
  let app: ReturnType<typeof createApi>;
  const api = {
    ask: async (method: string, path: string, { body, headers = {}, token }: AskOptions = {}) => {
      const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` };
      const answer = await app.request(`http://127.0.0.1:4318${path}`, {
        method,
        headers: { ...authorization, ...headers },
        ...(body === undefined ? {} : { body }),
      });
      await conforms(method, path, answer.clone());
      return answer;
    },
    token: async (scopes: readonly Scope[], tenant = 'default') => {
      const { record, secret } = newToken(tenant, 'a test', scopes, START_MS);
      await api.records.addToken(record);
      return secret;
    },
    report: async (verdict: ReportVerdict, { isFinal = false, document, tenant = 'default' }: ReportOptions = {}) => {
      const claims = await api.records.claimDue('test', api.nowMs, 1, 100);
      const claim = claims.find(({ upgrade }) => upgrade.tenant === tenant);
      const text = document ?? reportText(claim!.upgrade.name, { verdict });
      const report: Outcome['report'] = {
        madeMs: api.nowMs,
        verdict,
        digest: 'ab'.repeat(32),
        isFinal,
        document: text,
      };
      expect(await api.records.settle(claim!, { report, nextDueMs: isFinal ? null : api.nowMs })).toBe(true);
    },
  } as Api;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'postflight-api-'));
    api.records = await openSqliteRecords(folder);
    api.troubles = [];
    api.cellQueries = [];
    api.stopping = new AbortController();
    api.nowMs = START_MS;
    api.cells = NO_CELLS;
    api.onSleep = async () => undefined;
    api.services = {
      records: api.records,
      cells: async (tenant, query) => {
        api.cellQueries.push({ tenant, ...query });
        const series = api.cells.series.filter(({ key }) => (query.service ?? key.service) === key.service);
        return pageOfCells({ ...api.cells, series }, query.after, query.limit);
      },
      anonymousTenant: 'default',
      now: () => api.nowMs,
      sharedNow: async () => api.nowMs,
      elapsedMs: () => api.nowMs,
      sleep: async (ms) => {
        api.nowMs += ms;
        await api.onSleep(ms);
      },
      budget: new ByteBudget(64 * 1024 ** 2),
      webhookSecrets: [],
      requestRate: 1_000_000,
      stopping: api.stopping.signal,
      onTrouble: (trouble) => api.troubles.push(trouble),
    };
    app = createApi(api.services);
  });
  afterEach(async () => {
    await api.records.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return api;
}

/** The application with other settings. */
export function remade(api: Api, services: Partial<ApiServices>): ReturnType<typeof createApi> {
  return createApi({ ...api.services, ...services });
}

/** Every answer is one the document names, in its status, its content type and its shape. */
async function conforms(method: string, path: string, answer: Response): Promise<void> {
  expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff');
  expect(answer.headers.get('Content-Security-Policy')).toMatch(/^default-src 'none'/);
  expect(answer.headers.get('X-Request-Id')).toMatch(/./);
  const type = answer.headers.get('Content-Type')?.split(';')[0] ?? '';
  if (answer.status >= 400) {
    expect(type).toBe(PROBLEM_TYPE);
    expect(problemSchema.strict().safeParse(await answer.json())).toMatchObject({ success: true });
    return;
  }
  const { pathname } = new URL(path, 'http://127.0.0.1');
  const endpoint = ENDPOINTS.find((one) => one.method === method.toLowerCase() && patternOf(one.path).test(pathname));
  if (endpoint === undefined) return;
  const stated = endpoint.answers[answer.status];
  expect(stated, `${method} ${endpoint.path} answers ${answer.status}`).toBeDefined();
  if (stated?.content === undefined) return expect(await answer.text()).toBe('');
  expect(Object.keys(stated.content)).toContain(type);
  if (type !== 'application/json') return;
  const read = stated.content[type]!.safeParse(await answer.json());
  expect(read.error?.issues ?? []).toEqual([]);
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

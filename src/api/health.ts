import { Hono } from 'hono';

export interface HealthParts {
  /** Rejects while the part cannot do its work. */
  readonly checks: Readonly<Record<string, () => Promise<void>>>;
  readonly isStopping: () => boolean;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  readonly version: string;
}

/** A part that has not answered by then counts as down. */
const CHECK_LIMIT_MS = 2000;

/**
 * `/livez`: the process turns its loop. `/readyz`: requests would be served, `?verbose` says by which parts. `/metrics`:
 * what Prometheus scrapes.
 */
export function healthRoutes(parts: HealthParts): Hono {
  const app = new Hono();
  app.get('/livez', (context) => context.text('ok\n'));
  app.get('/readyz', async (context) => {
    const states = await statesOf(parts);
    const isReady = states.every(([, state]) => state === 'ok');
    const lines = context.req.query('verbose') === undefined ? [] : states.map(([name, state]) => `${name}: ${state}`);
    return context.text(`${[...lines, isReady ? 'ready' : 'not ready'].join('\n')}\n`, isReady ? 200 : 503);
  });
  app.get('/metrics', async (context) => {
    context.header('Content-Type', parts.metrics.contentType);
    return context.body(await parts.metrics.text());
  });
  app.get('/version', (context) => context.json({ version: parts.version }));
  return app;
}

async function statesOf({ checks, isStopping }: HealthParts): Promise<[string, string][]> {
  const states = Object.entries(checks).map(
    async ([name, check]): Promise<[string, string]> => [name, await stateOf(check)],
  );
  return [['service', isStopping() ? 'stopping' : 'ok'], ...(await Promise.all(states))];
}

async function stateOf(check: () => Promise<void>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('does not answer'), CHECK_LIMIT_MS);
  });
  try {
    return await Promise.race([check().then(() => 'ok'), late]);
  } catch {
    // Why is in the log: this page is open to everyone.
    return 'down';
  } finally {
    clearTimeout(timer);
  }
}

import { Hono } from 'hono';

export interface HealthParts {
  /** Rejects while the part cannot do its work. */
  readonly checks: Readonly<Record<string, () => Promise<void>>>;
  /** Told why a part is down, or does not answer in time, and when it is well again; not what it was told before. */
  readonly onChange: (change: PartChange) => void;
  readonly isStopping: () => boolean;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  readonly version: string;
}

export interface PartChange {
  readonly part: string;
  readonly state: PartState;
  readonly error: unknown;
}

type PartState = 'ok' | 'down' | 'does not answer';

/** A part that has not answered by then counts as down. */
const CHECK_LIMIT_MS = 2000;

/**
 * `/livez`: the process turns its loop. `/readyz`: requests would be served, `?verbose` says by which parts. `/metrics`:
 * what Prometheus scrapes.
 */
export function healthRoutes(parts: HealthParts): Hono {
  const app = new Hono();
  const watched = new WatchedParts(parts);
  app.get('/livez', (context) => context.text('ok\n'));
  app.get('/readyz', async (context) => {
    const states = [['service', parts.isStopping() ? 'stopping' : 'ok'], ...(await watched.states())] as const;
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

/** Asked one by one, with what each answered last. */
class WatchedParts {
  readonly #parts: Pick<HealthParts, 'checks' | 'onChange'>;
  readonly #latest = new Map<string, PartState>();

  constructor(parts: Pick<HealthParts, 'checks' | 'onChange'>) {
    this.#parts = parts;
  }

  states(): Promise<(readonly [string, PartState])[]> {
    const asked = Object.entries(this.#parts.checks).map(async ([part, check]) => {
      const { state, error } = await stateOf(check);
      if (state !== (this.#latest.get(part) ?? 'ok')) this.#parts.onChange({ part, state, error });
      this.#latest.set(part, state);
      return [part, state] as const;
    });
    return Promise.all(asked);
  }
}

/** Why it is down is for the log: the page is open to everyone. */
async function stateOf(check: () => Promise<void>): Promise<{ state: PartState; error: unknown }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<PartState>((resolve) => {
    timer = setTimeout(() => resolve('does not answer'), CHECK_LIMIT_MS);
  });
  try {
    const state = await Promise.race([check().then((): PartState => 'ok'), late]);
    return { state, error: null };
  } catch (error) {
    return { state: 'down', error };
  } finally {
    clearTimeout(timer);
  }
}

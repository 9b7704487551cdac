import { OpenAPIHono } from '@hono/zod-openapi';
import { requestId } from 'hono/request-id';
import { AppError } from '../domain/error.ts';
import { ByteBudget } from '../ingest/routes/byte-budget.ts';
import { Deliveries } from '../ingest/signatures/deliveries.ts';
import { requires } from './authentication.ts';
import { docsPage } from './docs-page.ts';
import type { Endpoint } from './endpoint.ts';
import { ENDPOINTS } from './endpoints/index.ts';
import { HeldRequests } from './held-requests.ts';
import { methodsAt } from './known-paths.ts';
import { openApiDocument } from './open-api.ts';
import { problemResponse } from './problem.ts';
import { limitsRate, RequestRates } from './request-rates.ts';
import type { ApiEnv, ApiParts, ApiServices } from './services.ts';
import { requiresTokenOrSignature, UNVERIFIED_BYTES } from './signed-requests.ts';

const HELD_REQUESTS = 256;
/** Within ten minutes: some megabytes at most. */
const KNOWN_DELIVERIES = 20_000;

/** Nothing an answer holds may run, be framed, or be taken for something else. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** The API as one application; mount it at `/`. Everything it needs is an argument. */
export function createApi(services: ApiServices): OpenAPIHono<ApiEnv> {
  const parts: ApiParts = {
    ...services,
    underWay: new Set(),
    held: new HeldRequests(HELD_REQUESTS),
    deliveries: new Deliveries(KNOWN_DELIVERIES),
    unverified: new ByteBudget(UNVERIFIED_BYTES),
    rates: new RequestRates(services.requestRate),
  };
  const app = new OpenAPIHono<ApiEnv>();
  for (const path of ['/api/*', '/openapi.json', '/docs']) {
    app.use(path, requestId(), async (context, next) => {
      await next();
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
        if (!context.res.headers.has(name)) context.header(name, value);
      }
    });
  }
  app.onError((error, context) => problemResponse(context, error, services));
  app.notFound((context) => {
    const methods = methodsAt(app.routes, context.req.path);
    if (methods.length === 0) {
      const remedy = 'see /docs for what there is';
      return problemResponse(
        context,
        new AppError('not-found', 'there is nothing at this address', { remedy }),
        services,
      );
    }
    const remedy = `use ${methods.join(' or ')}`;
    context.header('Allow', methods.join(', '));
    return problemResponse(context, new AppError('method-not-allowed', 'not by this method', { remedy }), services);
  });
  for (const endpoint of ENDPOINTS) register(app, endpoint, parts);

  const document = JSON.stringify(openApiDocument(ENDPOINTS));
  app.get('/openapi.json', (context) => context.body(document, 200, { 'Content-Type': 'application/json' }));
  app.get('/docs', (context) => {
    context.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    return context.html(docsPage(ENDPOINTS));
  });
  return app;
}

function register(app: OpenAPIHono<ApiEnv>, endpoint: Endpoint, parts: ApiParts): void {
  const path = endpoint.path.replaceAll(/\{(\w+)\}/g, ':$1');
  const guard = endpoint.takesSignatures ? requiresTokenOrSignature : requires;
  app.on(endpoint.method.toUpperCase(), path, guard(endpoint.scope, parts), limitsRate(parts), (context) => {
    return endpoint.handle(context, parts);
  });
}

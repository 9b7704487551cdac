import { OpenAPIHono, z } from '@hono/zod-openapi';
import { SIGNATURE_SCHEMES } from '../ingest/signatures/index.ts';
import type { Answer, Endpoint } from './endpoint.ts';
import { PROBLEM_TYPE } from './problem.ts';
import { problemSchema } from './schemas.ts';

const INFO = {
  title: 'Postflight',
  version: 'v1',
  description:
    'Which endpoints got worse after an upgrade, since when, and which change did it. Telemetry comes in by OTLP and remote write, which are described by their own specifications.',
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
};

/** OpenAPI 3.1, of the same endpoints that are served. */
export function openApiDocument(endpoints: readonly Endpoint[]) {
  const app = new OpenAPIHono();
  const scheme = app.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'A token with the scope the operation names. None is needed where the service listens on loopback.',
  });
  const signatures = SIGNATURE_SCHEMES.map(({ name, header, says }) => {
    const component = { type: 'apiKey', in: 'header', name: header, description: says } as const;
    return { [app.openAPIRegistry.registerComponent('securitySchemes', `${name}-signature`, component).name]: [] };
  });
  for (const endpoint of endpoints) {
    app.openAPIRegistry.registerPath({
      method: endpoint.method,
      path: endpoint.path,
      operationId: operationOf(endpoint),
      summary: endpoint.summary,
      ...(endpoint.description === undefined ? {} : { description: endpoint.description }),
      security: [{ [scheme.name]: [endpoint.scope] }, ...(endpoint.takesSignatures ? signatures : [])],
      request: requestOf(endpoint),
      responses: { ...answersOf(endpoint.answers), default: problemAnswer() },
    });
  }
  return app.getOpenAPI31Document({ openapi: '3.1.0', info: INFO });
}

function requestOf({ path, query, headers, body }: Endpoint) {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  return {
    ...(names.length === 0 ? {} : { params: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) }),
    ...(query === undefined ? {} : { query }),
    ...(headers === undefined ? {} : { headers: headersOf(headers) }),
    ...(body === undefined ? {} : { body: { required: true, content: contentOf(body) } }),
  };
}

function headersOf(headers: Readonly<Record<string, string>>) {
  const fields = Object.entries(headers).map(([name, description]) => [
    name,
    z.string().optional().openapi({ description }),
  ]);
  return z.object(Object.fromEntries(fields));
}

function answersOf(answers: Readonly<Record<number, Answer>>) {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { says, content }]) => [
      status,
      content === undefined ? { description: says } : { description: says, content: contentOf(content) },
    ]),
  );
}

function problemAnswer() {
  return { description: 'what went wrong', content: contentOf({ [PROBLEM_TYPE]: problemSchema }) };
}

function contentOf(schemas: Readonly<Record<string, z.ZodType>>) {
  return Object.fromEntries(Object.entries(schemas).map(([type, schema]) => [type, { schema }]));
}

/** `getUpgradesReport` for `GET /api/v1/upgrades/{name}/report`. */
function operationOf({ method, path }: Endpoint): string {
  const words = path.replace('/api/v1/', '').split('/');
  const named = words.map((word) => (word.startsWith('{') ? 'One' : word[0]!.toUpperCase() + word.slice(1)));
  return `${method}${named.join('')}`;
}

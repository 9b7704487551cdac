import { HTTP_STATUS } from '../ingest/routes/http-status.ts';
import { html, Markup } from '../rendering/markup.ts';
import type { Endpoint } from './endpoint.ts';
import { PROBLEM_TITLES } from './problem.ts';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 62rem; margin: 0 auto; padding: 1.5rem; }
section { border-top: 1px solid #8886; padding: .5rem 0; }
code { font: .95em ui-monospace, monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: start; vertical-align: top; padding: .25rem .75rem .25rem 0; }
`;

/** The API on one page of its own: no script, nothing loaded from elsewhere. */
export function docsPage(endpoints: readonly Endpoint[]): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Postflight API</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<main>
<h1>Postflight API</h1>
<p>For programs: <a href="/openapi.json">OpenAPI 3.1</a>. Telemetry comes in by OTLP/HTTP at <code>/v1/metrics</code>,
<code>/v1/traces</code>, <code>/v1/logs</code> and by Prometheus remote write at <code>/api/v1/write</code>.</p>
<p>Where a token is needed, send it as <code>Authorization: Bearer pf_…</code>. A token has scopes; <code>admin</code> may do
everything.</p>
${endpoints.map(endpointSection)}
<section>
<h2>Problems</h2>
<p>Everything that goes wrong is answered as <code>application/problem+json</code> (RFC 9457) with one of these codes.</p>
<table>
<thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">Meaning</th></tr></thead>
<tbody>
${Object.entries(PROBLEM_TITLES).map(problemRow)}</tbody>
</table>
</section>
</main>
</body>
</html>
`;
  return page.source;
}

function endpointSection({ method, path, scope, summary, description, query, body, answers }: Endpoint): Markup {
  return html`<section>
<h2><code>${method.toUpperCase()} ${path}</code></h2>
<p>${summary}. Scope: <code>${scope}</code>.</p>
${description === undefined ? null : html`<p>${description}</p>`}
<table>
<tbody>
${query === undefined ? null : html`<tr><th scope="row">Query</th><td>${codes(Object.keys(query.shape))}</td></tr>`}
${body === undefined ? null : html`<tr><th scope="row">Body</th><td>${codes(Object.keys(body))}</td></tr>`}
${Object.entries(answers).map(([status, { says, content }]) => {
  return html`<tr><th scope="row">${status}</th><td>${says} ${codes(Object.keys(content ?? {}))}</td></tr>
`;
})}</tbody>
</table>
</section>
`;
}

function codes(words: readonly string[]): Markup {
  return html`${words.map((word) => html`<code>${word}</code> `)}`;
}

function problemRow([code, title]: [string, string]): Markup {
  const status = HTTP_STATUS[code as keyof typeof HTTP_STATUS];
  return html`<tr id="problem-${code}"><td><code>${code}</code></td><td>${status}</td><td>${title}</td></tr>
`;
}

import type { Comparison } from '../../domain/report.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';
import { visibleName } from '../visible.ts';
import type { VerdictWording } from '../wording.ts';
import { capitalised } from '../wording.ts';

/** A name out of telemetry; isolated, so that right-to-left letters cannot reorder what stands beside it. */
export function name(text: string): Markup {
  return html`<bdi>${visibleName(text)}</bdi>`;
}

export function endpointName(endpoint: string | null): Markup {
  return endpoint === null ? html`whole service` : name(endpoint);
}

/** Where an indicator was measured: service, and the peer called. */
export function pathOf({ service, peer }: Pick<Comparison, 'service' | 'peer'>): Markup {
  return peer === null ? name(service) : html`${name(service)} → ${name(peer)}`;
}

export function tag(wording: VerdictWording): Markup {
  return html`<span class="tag ${wording.tone}"><span aria-hidden="true">${wording.symbol}</span> ${capitalised(wording.word)}</span>`;
}

/** A section of the page with its heading; `count` says how many entries it holds. */
export function section(id: string, title: string, count: string | null, content: Markup | readonly Markup[]): Markup {
  const counted = count === null ? null : html` <span class="count">${count}</span>`;
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}${counted}</h2>
${content}
</section>
`;
}

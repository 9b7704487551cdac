import { formatCount } from '../../domain/numbers.ts';
import type { Mechanism, Report } from '../../domain/report.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';
import { figureWords, MECHANISMS_TITLE } from '../mechanisms.ts';
import { capitalised } from '../wording.ts';
import { endpointName, name, pathOf, section } from './names.ts';

/** How the regressions came about: one card for each mechanism that the numbers show. */
export function mechanismSection({ mechanisms }: Report): Markup | null {
  if (mechanisms.length === 0) return null;
  const cards = mechanisms.map((mechanism, index) => cardOf(mechanism, `mechanism-${index + 1}`));
  return section(
    'mechanisms',
    MECHANISMS_TITLE,
    formatCount(mechanisms.length),
    html`<div class="cards">${cards}</div>`,
  );
}

function cardOf(mechanism: Mechanism, id: string): Markup {
  const { endpoint, evidence, figures, explains } = mechanism;
  const figureItems = figures.map((figure) => html`<li>${name(capitalised(figure.name))}: ${figureWords(figure)}</li>`);
  const explained = explains.map((indicator, index) => html`${index === 0 ? '' : ', '}${name(indicator)}`);
  return html`<article class="card" aria-labelledby="${id}">
<h3 id="${id}">${name(capitalised(mechanism.mechanism))} <span class="path">${endpointName(endpoint)} (${pathOf(mechanism)})</span></h3>
${evidence.length === 0 ? null : html`<ul class="evidence">${evidence.map((sentence) => html`<li>${sentence}</li>`)}</ul>`}
${figures.length === 0 ? null : html`<ul class="compact small">${figureItems}</ul>`}
${explains.length === 0 ? null : html`<p class="small">Explains ${explained}.</p>`}
</article>
`;
}

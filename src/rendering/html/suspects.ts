import { formatCount, formatNumber, formatPercent } from '../../domain/numbers.ts';
import type { Report, Suspect } from '../../domain/report.ts';
import { shareBar } from '../charts/share-bar.ts';
import type { Markup } from '../markup.ts';
import { html } from '../markup.ts';
import type { AliasSet } from '../overview.ts';
import { groupSuspects } from '../overview.ts';
import { NOBODY_NAMED, SUSPECT_VERDICTS, suspectsTitle } from '../wording.ts';
import { levelsTable } from './levels.ts';
import { name, section, tag } from './names.ts';

/** Who did it: cards for the accused and the inseparable, one compact list for everyone cleared. */
export function suspectSection(report: Report): Markup | null {
  const title = suspectsTitle(report);
  if (report.suspects.length === 0) {
    if (report.verdict !== 'regressed') return null;
    return section('suspects', title, null, html`<p>${NOBODY_NAMED}</p>`);
  }
  const groups = groupSuspects(report.suspects);
  const cards = [
    ...groups.accused.map((suspect, index) => accusedCard(suspect, `suspect-${index + 1}`)),
    ...groups.inseparable.map(aliasCard),
  ];
  return section('suspects', title, null, [
    ...(cards.length === 0 ? [] : [html`<div class="cards">${cards}</div>`]),
    ...compactCard('cleared', groups.cleared),
    ...compactCard('no-evidence', groups.withoutEvidence),
  ]);
}

function accusedCard(suspect: Suspect, id: string): Markup {
  const { tone } = SUSPECT_VERDICTS[suspect.verdict];
  return html`<article class="card ${tone}" aria-labelledby="${id}">
<p class="top">${tag(SUSPECT_VERDICTS[suspect.verdict])} <span class="score">score ${formatNumber(suspect.score, 2)}</span></p>
<h3 id="${id}">${formatCount(suspect.rank)}. ${name(suspect.change)} <span class="path">${name(suspect.kind)}</span></h3>
${shareFigure(suspect, id)}
${evidenceList(suspect.evidence)}${levelsTable(suspect.table)}${sameAs(suspect.inseparable_from)}${separation(suspect.separate_by === null ? [] : [suspect.separate_by])}${test(suspect.falsified_by)}
</article>
`;
}

function shareFigure(suspect: Suspect, id: string): Markup {
  const { share } = suspect;
  if (share === null) return html`<p class="small">The share it explains is not known.</p>`;
  return html`<p class="small">Explains <strong>${formatPercent(share.estimate)}</strong> of the regression (${formatPercent(share.low)} to ${formatPercent(share.high)})</p>
<figure>${shareBar(share, `${id}-share`)}</figure>`;
}

function evidenceList(evidence: readonly string[]): Markup | null {
  if (evidence.length === 0) return null;
  return html`<ul class="evidence">${evidence.map((sentence) => html`<li>${sentence}</li>`)}</ul>`;
}

function sameAs(changes: readonly string[]): Markup | null {
  if (changes.length === 0) return null;
  return html`<p class="small">Cannot be told apart from ${separated(changes.map(name))}.</p>`;
}

function separated(names: readonly Markup[]): readonly Markup[] {
  return names.map((markup, index) => (index === 0 ? markup : html`, ${markup}`));
}

function separation(steps: readonly string[]): readonly Markup[] {
  return steps.map((step) => html`<p class="separate"><strong>To tell them apart:</strong> ${step}</p>`);
}

function test(step: string | null): Markup | null {
  return step === null ? null : html`<p class="separate"><strong>To test it:</strong> ${step}</p>`;
}

function aliasCard(set: AliasSet, index: number): Markup {
  const id = `alias-${index + 1}`;
  const names = set.members.map(
    (member) => html`${name(member.change)} <span class="path">${name(member.kind)}</span>`,
  );
  return html`<article class="card unknown" aria-labelledby="${id}">
<p class="top">${tag(SUSPECT_VERDICTS['cannot-separate'])}</p>
<h3 id="${id}">${separated(names)}</h3>
${evidenceList(set.evidence)}${sameAs(set.others)}${separation(set.separateBy)}
</article>
`;
}

function compactCard(verdict: Suspect['verdict'], suspects: readonly Suspect[]): readonly Markup[] {
  if (suspects.length === 0) return [];
  const items = suspects.map(
    (suspect) =>
      html`<li><strong>${name(suspect.change)}</strong> <span class="path">${name(suspect.kind)}</span> ${suspect.evidence.join(' ')}</li>`,
  );
  return [html`<div class="card wide"><p>${tag(SUSPECT_VERDICTS[verdict])}</p><ul class="compact">${items}</ul></div>`];
}

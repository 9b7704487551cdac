import { counted, formatCount } from '../domain/numbers.ts';
import type { Report } from '../domain/report.ts';
import { movedSection } from './html/cards.ts';
import { mechanismSection } from './html/mechanisms.ts';
import { name } from './html/names.ts';
import { budgetSection, inputSection, mixSection, qualitySection, unknownSection } from './html/sections.ts';
import { STYLE } from './html/style.ts';
import { suspectSection } from './html/suspects.ts';
import { comparisonTable } from './html/table.ts';
import { html, Markup } from './markup.ts';
import { MECHANISMS_TITLE } from './mechanisms.ts';
import { MIX_TITLE, movedByMix } from './mix.ts';
import type { ComparisonGroups } from './overview.ts';
import { groupComparisons, verdictCounts } from './overview.ts';
import { quietPastWords } from './quiet-past.ts';
import { withinMarginWords } from './sensitivity.ts';
import { visibleName } from './visible.ts';
import { capitalised, VERDICTS } from './wording.ts';

/** The report as one page that needs nothing else: no script, no request, readable on paper and on a phone. */
export function renderHtml(report: Report): string {
  const groups = groupComparisons(report);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${capitalised(VERDICTS[report.verdict].word)}: ${visibleName(report.upgrade)} – Postflight</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
${banner(report, groups)}
<main>
${movedSection('worse', 'What got worse', groups.regressed, report.inputs)}${suspectSection(report)}${mechanismSection(report)}${movedSection('better', 'What got better', groups.improved, report.inputs)}${movedSection('moved', 'What else moved', [...groups.shifted, ...groups.transient], report.inputs)}${mixSection(groups)}${budgetSection(report)}${unknownSection(groups)}${qualitySection(report)}${comparisonTable(report, groups)}</main>
<footer>
${inputSection(report)}</footer>
</body>
</html>
`;
  return page.source;
}

function banner(report: Report, groups: ComparisonGroups): Markup {
  const { symbol, word, tone } = VERDICTS[report.verdict];
  const past = quietPastWords(report);
  return html`<header class="banner ${tone}">
<div class="box">
<h1>Upgrade ${name(report.upgrade)}</h1>
<p class="verdict"><span aria-hidden="true">${symbol}</span> ${capitalised(word)}</p>
<p class="reason">${report.reason}</p>
<p class="counts">${countSentence(report, groups)}</p>
${
  past === null
    ? null
    : html`<p class="counts">${capitalised(past)}.</p>
`
}</div>
${navigation(report, groups)}
</header>`;
}

function countSentence(report: Report, groups: ComparisonGroups): string {
  const total = counted(report.comparisons.length, 'comparison');
  const counts = verdictCounts(groups).map(({ verdict, count }) => `${formatCount(count)} ${VERDICTS[verdict].word}`);
  const within = groups['no-regression'].length > 0 ? `. ${capitalised(withinMarginWords(groups))}.` : '.';
  return counts.length === 0 ? 'Nothing was compared.' : `${total}: ${counts.join(', ')}${within}`;
}

function navigation(report: Report, groups: ComparisonGroups): Markup {
  const targets: readonly (readonly [string, string, boolean])[] = [
    ['worse', 'What got worse', groups.regressed.length > 0],
    ['suspects', 'Who did it', report.suspects.length > 0],
    ['mechanisms', MECHANISMS_TITLE, report.mechanisms.length > 0],
    ['better', 'What got better', groups.improved.length > 0],
    ['moved', 'What else moved', groups.shifted.length + groups.transient.length > 0],
    ['mix', MIX_TITLE, movedByMix(groups).length > 0],
    ['budgets', 'Error budgets', report.budgets.length > 0],
    ['unknown', 'What it cannot tell', groups['cannot-tell'].length > 0],
    ['quality', 'Data quality', report.quality.length > 0],
    ['all', 'All comparisons', report.comparisons.length > 0],
    ['inputs', 'What was read', true],
  ];
  const links = targets
    .filter(([, , present]) => present)
    .map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`);
  return html`<nav aria-label="Sections"><ul>${links}</ul></nav>`;
}

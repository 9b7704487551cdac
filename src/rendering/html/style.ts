/** The page's whole look. Colours are pairs for light and dark with a contrast of at least 4.5 to 1 for text. */
export const STYLE = `
:root{color-scheme:light dark;--page:#f7f7f5;--card:#fff;--ink:#1a1d21;--muted:#555c66;--rule:#dcdedf;--grid:#e8eaeb;
--worse:#a8201a;--worse-tint:#fcebe9;--better:#0a6549;--better-tint:#e6f4ee;--unknown:#754b00;--unknown-tint:#fbf1dc;
--quiet:#555c66;--quiet-tint:#eeeff0;--curve:#1f5fa8;--shade:#e9eaec;--band:#f6c9c4;--zone:#dfe9e4}
@media (prefers-color-scheme:dark){:root{--page:#121418;--card:#1b1e24;--ink:#e8eaed;--muted:#a7afba;--rule:#343941;--grid:#2a2e35;
--worse:#ff9d93;--worse-tint:#3a1c1a;--better:#72d6b0;--better-tint:#14302a;--unknown:#f1c276;--unknown-tint:#362a14;
--quiet:#a7afba;--quiet-tint:#2a2e35;--curve:#7db7f5;--shade:#2b2f37;--band:#6a2f2a;--zone:#22382f}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
body>*{max-width:74rem;margin-inline:auto;padding-inline:clamp(1rem,3vw,2rem)}
h1,h2,h3,p,ul,ol,dl,dd,figure{margin:0}
h2{font-size:1.25rem;line-height:1.3;margin-block:2.5rem .9rem;letter-spacing:-.01em;scroll-margin-top:1rem}
h2 .count{color:var(--muted);font-weight:400}
h3{font-size:1rem;line-height:1.35}
a{color:inherit;text-underline-offset:.2em}
:focus-visible{outline:3px solid var(--curve);outline-offset:2px}
.worse{--tone:var(--worse);--tint:var(--worse-tint)}.better{--tone:var(--better);--tint:var(--better-tint)}
.unknown{--tone:var(--unknown);--tint:var(--unknown-tint)}.quiet{--tone:var(--quiet);--tint:var(--quiet-tint)}
.banner{padding-top:clamp(1.5rem,4vw,2.5rem)}
.banner .box{background:var(--tint);border-left:.4rem solid var(--tone);border-radius:.5rem;padding:clamp(1rem,3vw,1.75rem)}
.banner h1{font-size:.95rem;font-weight:600;color:var(--muted)}
.banner .verdict{font-size:clamp(1.5rem,5vw,2.1rem);line-height:1.2;font-weight:750;letter-spacing:-.02em;color:var(--tone);margin-block:.35rem .5rem}
.banner .reason{font-size:1.1rem;max-width:80ch;text-wrap:pretty}
.banner .counts{margin-top:.8rem;color:var(--muted);font-size:.9rem}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:1rem 0 0;font-size:.9rem}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,29rem),1fr));gap:1rem;align-items:start}
.card{background:var(--card);border:1px solid var(--rule);border-radius:.5rem;padding:1rem 1.15rem;min-width:0;break-inside:avoid}
.cards+.card,.card+.card.wide{margin-top:1rem}
.subject .indicator{font-weight:400;color:var(--muted)}
.path{color:var(--muted);font-size:.9rem}
.tag{display:inline-block;background:var(--tint);color:var(--tone);font-weight:650;font-size:.8rem;line-height:1.2;border-radius:.25rem;padding:.2rem .45rem;white-space:nowrap}
.figures{display:flex;flex-wrap:wrap;align-items:baseline;gap:.1rem .7rem;margin-top:.35rem}
.figures .values{font-size:1.45rem;font-weight:650;letter-spacing:-.01em}
.figures .effect{color:var(--tone);font-weight:650}
.figures .interval-words,.since,.facts,.note,.small{font-size:.875rem;color:var(--muted)}
.nowrap{white-space:nowrap}
.note,.card ul{margin-top:.6rem}
.note{border-left:3px solid var(--rule);padding-left:.6rem;color:var(--ink)}
figure{margin-top:.75rem}.facts,.scroll+.small,.cards+.small{margin-top:.5rem}
figcaption{font-size:.8rem;color:var(--muted)}
ul.evidence{padding-left:1.1rem}.evidence li+li{margin-top:.3rem}
.top{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:center;gap:.25rem 1rem;margin-bottom:.3rem}.score{color:var(--muted);font-size:.875rem}
.separate{margin-top:.6rem;padding:.5rem .7rem;border-radius:.35rem;background:var(--unknown-tint)}
.card ul.compact{padding:0;margin:0;list-style:none}.card p+ul.compact{margin-top:.4rem}.compact li{padding:.45rem 0;border-top:1px solid var(--rule)}.compact li:first-child{border-top:0;padding-top:0}.compact li:last-child{padding-bottom:0}.card p+ul.compact li:first-child{padding-top:.2rem}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--rule);border-radius:.5rem}
table{border-collapse:collapse;width:100%;font-size:.875rem;overflow-wrap:normal}
th,td{text-align:left;vertical-align:top;padding:.5rem .75rem;border-top:1px solid var(--rule)}
thead th{border-top:0;color:var(--muted);font-weight:600;white-space:nowrap;vertical-align:bottom}
tbody th{font-weight:600}
td.number,th.number{text-align:right;white-space:nowrap}
td.name,th.name{min-width:12rem;max-width:24rem;overflow-wrap:anywhere}
td.words{min-width:20rem}
.word{color:var(--tone);font-weight:650;white-space:nowrap}
caption{text-align:left;padding:.6rem .75rem;color:var(--muted)}
details>summary{cursor:pointer;padding:.75rem 0;font-weight:600}
code{font:.85em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
dl.pairs{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.35rem 1.25rem}
dl.pairs dt{color:var(--muted)}
footer{padding-block:0 3rem}
svg{display:block}
svg.chart,svg.share{overflow:visible}
svg text{font-size:12px;fill:var(--muted)}
.chart .baseline-label{paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round}
.grid{stroke:var(--grid)}.axis,.notch{stroke:var(--rule)}
.curve{fill:none;stroke:var(--curve);stroke-width:2;stroke-linejoin:round;stroke-linecap:round;vector-effect:non-scaling-stroke}
.window{fill:var(--shade)}.onset-band{fill:var(--band)}
.onset{stroke:var(--worse);stroke-width:1.5}.better .onset{stroke:var(--better)}.better .onset-band{fill:var(--zone)}.unknown .onset{stroke:var(--unknown)}
svg .onset-label{fill:var(--tone);font-weight:650}
.baseline{stroke:var(--muted);stroke-width:1.5;stroke-dasharray:5 4}
.zone{fill:var(--zone)}.zero{stroke:var(--muted);stroke-width:1}
.whisker{stroke:var(--ink);stroke-width:1.6}.dot{fill:var(--tone,var(--ink));stroke:var(--card);stroke-width:1}
.track{fill:var(--quiet-tint)}.bar{fill:var(--tone)}
@media (max-width:30rem){dl.pairs{grid-template-columns:1fr}dl.pairs dd+dt{margin-top:.3rem}}
@media print{:root{--page:#fff}body{font-size:10.5pt}body>*{max-width:none;padding-inline:0}nav{display:none}.scroll{overflow:visible}
h2{break-after:avoid}.cards{grid-template-columns:1fr 1fr}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;

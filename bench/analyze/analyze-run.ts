import { analyzeUpgrade } from '../../src/analyze.ts';

const started = process.hrtime.bigint();
const report = await analyzeUpgrade(process.argv[2] ?? '');
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
const regressed = report.comparisons.filter(({ verdict }) => verdict === 'regressed').length;
process.stderr.write(`${report.comparisons.length} comparisons, ${regressed} regressed\n`);
console.log(JSON.stringify({ seconds, peakMegabytes: process.resourceUsage().maxRSS / 1024 }));

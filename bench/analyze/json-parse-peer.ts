import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

const started = process.hrtime.bigint();
let lines = 0;
for await (const line of createInterface({
  input: createReadStream(process.argv[2] ?? '', { highWaterMark: 1 << 20 }),
})) {
  JSON.parse(line);
  lines++;
}
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
process.stderr.write(`${lines} lines parsed\n`);
console.log(JSON.stringify({ seconds, peakMegabytes: process.resourceUsage().maxRSS / 1024 }));

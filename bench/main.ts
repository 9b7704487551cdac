import { analyzeBench } from './analyze/analyze-bench.ts';
import { protobufBench } from './protobuf/protobuf-bench.ts';
import { remoteWriteBench } from './remote-write/remote-write-bench.ts';
import { storedReportBench } from './stored-report/stored-report-bench.ts';

/** Every bench prints ratios against a peer in the same run: absolute times differ from machine to machine. */
const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  analyze: analyzeBench,
  protobuf: protobufBench,
  'remote-write': remoteWriteBench,
  'stored-report': () => storedReportBench(),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`no bench named ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}`);
  process.exitCode = 2;
} else {
  for (const [name, run] of Object.entries(BENCHES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.log(`# ${name}`);
    await run();
  }
}

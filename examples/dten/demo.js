import { fileURLToPath } from 'node:url';
import { main } from '../../dist/cli/main.js';

/** Analyzes the recording. A verdict is an answer, so the demo succeeds with any of them; only an error fails it. */
const ANSWERS = [0, 1, 3];
const upgrade = fileURLToPath(new URL('upgrade.yaml', import.meta.url));

const status = await main(['analyze', upgrade], process);
if (ANSWERS.includes(status)) {
  process.stdout.write(
    '\nNext, on your own data: copy examples/dten/upgrade.yaml, name your windows, changes and OTLP files in it, then run\n  npx postflight analyze upgrade.yaml\n',
  );
} else {
  process.exitCode = status;
}

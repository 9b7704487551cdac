import { parseArgs } from 'node:util';
import { describeFuzz, fuzz } from '../test/fuzz/fuzz.ts';
import { FUZZ_TARGETS } from '../test/fuzz/targets.ts';

/** `npx tsx bench/fuzz.ts --inputs 1000000 [--seed 1] [--target 'OTLP logs, application/json']`: inputs are shared out evenly over the targets. */
const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '1' },
    target: { type: 'string' },
  },
});
const targets = FUZZ_TARGETS.filter(({ name }) => values.target === undefined || name === values.target);
if (targets.length === 0) {
  console.error(`no target named ${values.target}; there are ${FUZZ_TARGETS.map(({ name }) => name).join(', ')}`);
  process.exitCode = 2;
}
for (const target of targets) {
  const result = fuzz(target, Math.ceil(Number(values.inputs) / targets.length), Number(values.seed));
  console.log(describeFuzz(target.name, Number(values.seed), result));
  if (result.failures.length > 0) process.exitCode = 1;
}

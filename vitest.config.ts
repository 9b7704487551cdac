import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Where CI wants the counts, beside what people read. */
const results = process.env.TEST_RESULTS;
const cores = availableParallelism();

/** Worlds that are simulated at length: numbers in, numbers out, the same on every Node. */
const SIMULATED = ['test/{evaluate,scenarios}/**/*.test.ts'];
/** Rooms without a process, a socket or a clock of their own, so that files can share a process. */
const PURE = [
  'test/{analysis,contracts,domain,rendering,statistics,vectors}/**/*.test.ts',
  'test/ingest/{folding,formats,signatures}/**/*.test.ts',
];
/** What is done to a running service until it breaks, which needs the machine for itself. */
const ATTACKED = ['test/{chaos,fuzz,hostile}/**/*.test.ts'];

const shared = { isolate: false, maxWorkers: cores };

export default defineConfig({
  test: {
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: results ? ['default', 'json'] : ['default'],
    ...(results ? { outputFile: { json: results } } : {}),
    projects: [
      { extends: true, test: { name: 'simulated', include: SIMULATED, ...shared, sequence: { groupOrder: 1 } } },
      { extends: true, test: { name: 'pure', include: PURE, ...shared, sequence: { groupOrder: 1 } } },
      {
        extends: true,
        test: {
          name: 'live',
          include: ['test/**/*.test.ts'],
          exclude: [...SIMULATED, ...PURE, ...ATTACKED],
          maxWorkers: cores,
          sequence: { groupOrder: 2 },
        },
      },
      { extends: true, test: { name: 'attacked', include: ATTACKED, maxWorkers: 1, sequence: { groupOrder: 3 } } },
    ],
  },
});

import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Where CI wants the counts, beside what people read. */
const results = process.env.TEST_RESULTS;

/** Rooms of numbers in, numbers out: they start nothing and wait for nothing, so that files can share a process. */
const PURE = [
  'test/{analysis,contracts,domain,evaluate,rendering,scenarios,statistics,vectors}/**/*.test.ts',
  'test/ingest/{folding,formats,signatures}/**/*.test.ts',
];
const ALL = ['test/**/*.test.ts'];
const cores = availableParallelism();

export default defineConfig({
  test: {
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: results ? ['default', 'json'] : ['default'],
    ...(results ? { outputFile: { json: results } } : {}),
    projects: [
      {
        extends: true,
        test: { name: 'pure', include: PURE, isolate: false, maxWorkers: cores, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        // Services under test have processes of their own, which need a core too.
        test: {
          name: 'live',
          include: ALL,
          exclude: PURE,
          maxWorkers: Math.max(1, cores - 1),
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});

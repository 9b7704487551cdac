import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Where CI wants the counts, beside what people read. */
const results = process.env.TEST_RESULTS;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The usual number leaves a core free, which halves the speed of a machine with two.
    maxWorkers: availableParallelism(),
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: results ? ['default', 'json'] : ['default'],
    ...(results ? { outputFile: { json: results } } : {}),
  },
});

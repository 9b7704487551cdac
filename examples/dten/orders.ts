import { runBackend } from './backend.ts';

/** `dten.hybrid.enable` only adds a field to the answer: it has nothing to do with latency. */
const hybrid = process.env.DTEN_HYBRID_ENABLE === 'true';

let lastOrder = 0;

await runBackend({
  method: 'POST',
  path: '/orders',
  seed: 11,
  workMs: [9, 15],
  answer: () => {
    lastOrder += 1;
    return JSON.stringify({ order: lastOrder, ...(hybrid ? { hybrid } : {}) });
  },
});

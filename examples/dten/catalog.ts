import { runBackend } from './backend.ts';

const items = ['bolt', 'nut', 'washer'];

await runBackend({
  method: 'GET',
  path: '/catalog',
  seed: 13,
  workMs: [16, 30],
  answer: () => JSON.stringify({ version: process.env.SERVICE_VERSION, items }),
});

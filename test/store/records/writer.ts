import type { Outcome } from '../../../src/domain/record-store.ts';
import { openSqliteRecords } from '../../../src/store/records/record-store.ts';

/** Writes until it is killed, and prints what was acknowledged: `upgrade NAME`, then `report NAME`, after `ready`. */
const [folder = '', run = ''] = process.argv.slice(2);
const store = await openSqliteRecords(folder);
console.log('ready');
const outcome: Outcome = {
  report: { madeMs: 1, verdict: 'improved', digest: run, isFinal: true, document: 'x'.repeat(20_000) },
  nextDueMs: null,
};
for (let index = 0; ; index += 1) {
  const name = `${run}-${index}`;
  await store.putUpgrade('default', name, `document of ${name}`, 1);
  console.log(`upgrade ${name}`);
  for (const claim of await store.claimDue('writer', 1, 1, 10)) {
    if (await store.settle(claim, outcome)) console.log(`report ${claim.upgrade.name}`);
  }
}

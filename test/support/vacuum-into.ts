import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createClient } from '@libsql/client/sqlite3';

/** The back-up of the records that the manual tells of, beside a service that runs. */
export async function vacuumInto(folder: string, target: string): Promise<void> {
  const client = createClient({ url: pathToFileURL(join(folder, 'records.db')).href, concurrency: 1 });
  try {
    await client.execute({ sql: 'VACUUM INTO ?', args: [target] });
  } finally {
    client.close();
  }
}

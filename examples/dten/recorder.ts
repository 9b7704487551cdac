import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { constants, createGzip, type Gzip } from 'node:zlib';
import { readBody } from './http.ts';
import { listen } from './service.ts';

/** Stands in for a Collector with the file exporter: OTLP/HTTP JSON in, one request a line out, one file a signal. */
export class Recorder {
  readonly #server: Server;
  readonly #files = new Map<string, Gzip>();
  readonly #written: Promise<void>[] = [];
  endpoint = '';

  constructor() {
    this.#server = createServer(async (incoming, response) => {
      const body = await readBody(incoming);
      const file = this.#files.get(incoming.url ?? '');
      file?.write(body);
      file?.write('\n');
      response.writeHead(file ? 200 : 404, { 'content-type': 'application/json' }).end('{}');
    });
  }

  async start(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    for (const signal of ['traces', 'metrics']) {
      const gzip = createGzip({ level: constants.Z_BEST_COMPRESSION });
      const file = gzip.pipe(createWriteStream(join(folder, `${signal}.jsonl.gz`)));
      this.#files.set(`/v1/${signal}`, gzip);
      this.#written.push(finished(file));
    }
    this.endpoint = `http://127.0.0.1:${await listen(this.#server)}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    for (const file of this.#files.values()) file.end();
    await Promise.all(this.#written);
  }
}

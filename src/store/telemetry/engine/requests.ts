import { createReadStream, type createWriteStream, rmSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { SessionPool } from './session-pool.ts';
import { type EngineStatement, literal, statementOf, takesData } from './statement.ts';

const STATEMENT_BYTES = 2 ** 20;
const UNKNOWN_TABLE = 60;
const UNKNOWN_DATABASE = 81;
/** Results in these formats may be large: they go through a file and never lie in memory. */
const SPOOLED = /\sFORMAT\s+(RowBinary|Native)\s*$/i;

/** The part of ClickHouse's HTTP interface that a client needs: ping, statements, data to insert, errors with codes. */
export class EngineRequests {
  readonly #sessions: SessionPool;
  readonly #spool: string;
  readonly #writeTo: typeof createWriteStream;
  #files = 0;

  constructor(sessions: SessionPool, spool: string, writeTo: typeof createWriteStream) {
    this.#sessions = sessions;
    this.#spool = spool;
    this.#writeTo = writeTo;
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://engine');
    if (url.pathname === '/ping') {
      response.end('Ok.\n');
      return;
    }
    this.#run(url.searchParams, request, response).catch((error: unknown) => refuse(response, error));
  }

  async #run(parameters: URLSearchParams, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!takesData(parameters)) {
      const statement = statementOf(parameters, (await readText(request)).toString(), null);
      await this.#execute(statement, response);
      return;
    }
    const file = this.#nextFile();
    try {
      await pipeline([...decoded(request), this.#writeTo(file)]);
      await this.#execute(statementOf(parameters, '', file), response);
    } finally {
      rmSync(file, { force: true });
    }
  }

  async #execute(statement: EngineStatement, response: ServerResponse): Promise<void> {
    if (statement.isOfReport && SPOOLED.test(statement.sql)) {
      await this.#executeSpooled(statement, response);
      return;
    }
    const { sql, database, isOfReport } = statement;
    const left = isOfReport ? whenLeft(response) : undefined;
    const { bytes, rowsRead } = await this.#sessions.run(sql, database, isOfReport, left);
    response.setHeader('X-ClickHouse-Summary', JSON.stringify({ read_rows: String(rowsRead) }));
    response.end(bytes);
  }

  async #executeSpooled({ sql, database }: EngineStatement, response: ServerResponse): Promise<void> {
    const file = this.#nextFile();
    try {
      const into = sql.replace(SPOOLED, (_, format: string) => ` INTO OUTFILE ${literal(file)} FORMAT ${format}`);
      await this.#sessions.run(into, database, true, whenLeft(response));
      response.setHeader('Content-Length', statSync(file).size);
      await pipeline(createReadStream(file, { highWaterMark: 2 ** 20 }), response);
    } finally {
      rmSync(file, { force: true });
    }
  }

  #nextFile(): string {
    return join(this.#spool, `${this.#files++}.bin`);
  }
}

/** Aborted when whoever asked is gone before there is an answer. */
function whenLeft(response: ServerResponse): AbortSignal {
  const left = new AbortController();
  if (response.destroyed) left.abort();
  else response.once('close', () => left.abort());
  return left.signal;
}

function decoded(request: IncomingMessage): (IncomingMessage | ReturnType<typeof createGunzip>)[] {
  return request.headers['content-encoding'] === 'gzip' ? [request, createGunzip()] : [request];
}

async function readText(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  const last = decoded(request).at(-1)!;
  if (last !== request) request.pipe(last as ReturnType<typeof createGunzip>);
  for await (const part of last) {
    bytes += (part as Buffer).length;
    if (bytes > STATEMENT_BYTES)
      throw new RangeError('Code: 62. DB::Exception: Max query size exceeded. (SYNTAX_ERROR)');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}

function refuse(response: ServerResponse, error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  const code = Number(/Code: (\d+)\./.exec(text)?.[1] ?? 1002);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.statusCode = code === UNKNOWN_TABLE || code === UNKNOWN_DATABASE ? 404 : 500;
  response.setHeader('X-ClickHouse-Exception-Code', String(code));
  response.end(text.startsWith('Code:') ? text : `Code: ${code}. DB::Exception: ${text}. (UNKNOWN_EXCEPTION)`);
}

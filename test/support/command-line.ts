import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { main } from '../../src/cli/main.ts';
import type { Report } from '../../src/domain/report.ts';

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process, with captured streams and an environment of its own. */
export async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const printed = { stdout: '', stderr: '' };
  stdout.on('data', (chunk: Buffer) => {
    printed.stdout += chunk.toString();
  });
  stderr.on('data', (chunk: Buffer) => {
    printed.stderr += chunk.toString();
  });
  const terminal = { stdout, stderr, env, once: () => undefined, removeListener: () => undefined };
  const status = await main(args, terminal);
  return { status, ...printed };
}

export async function runJson(args: readonly string[]): Promise<Ran & { readonly report: Report }> {
  const ran = await run([...args, '-o', 'json']);
  if (ran.stdout === '') throw new Error(`no report: ${ran.stderr}`);
  return { ...ran, report: JSON.parse(ran.stdout) as Report };
}

/** A folder with these files in it, gone with `dispose`. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>>): { path: string; dispose(): void } {
  const path = mkdtempSync(join(tmpdir(), 'postflight-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return { path, dispose: () => rmSync(path, { recursive: true, force: true }) };
}

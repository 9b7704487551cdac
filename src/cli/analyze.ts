import { access, constants, writeFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { analyzeUpgrade } from '../analyze.ts';
import { AppError } from '../domain/error.ts';
import type { Report } from '../domain/report.ts';
import { RENDERERS, type RendererName } from '../rendering/index.ts';
import { VERDICT_STATUS } from './exit-status.ts';
import { print } from './printing.ts';
import { progressBar } from './progress.ts';
import { type Terminal, wantsColour, widthOf } from './terminal.ts';

export interface AnalyzeOptions {
  readonly output?: string;
  readonly out?: string;
  readonly live?: boolean;
}

const FORMAT_OF_EXTENSION: ReadonlyMap<string, RendererName> = new Map([
  ['.json', 'json'],
  ['.md', 'markdown'],
  ['.html', 'html'],
  ['.txt', 'text'],
]);

/** `postflight analyze`: documents in, report out, exit status for a pipeline. */
export async function analyze(path: string, options: AnalyzeOptions, terminal: Terminal): Promise<number> {
  const format = formatOf(options);
  if (options.out !== undefined) await checkWritable(options.out);
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  terminal.once('SIGINT', interrupt);
  const progress = progressBar(terminal, Date.now);
  try {
    const report = await analyzeUpgrade(path, {
      signal: interruption.signal,
      onProgress: progress.show,
      reading: options.live === true ? 'live' : 'final',
      // What follows computes without a pause: Ctrl-C then ends the process as it does any other.
      onRead: () => terminal.removeListener('SIGINT', interrupt),
    });
    progress.clear();
    await deliver(report, format, options.out, terminal);
    return VERDICT_STATUS[report.verdict];
  } finally {
    progress.clear();
    terminal.removeListener('SIGINT', interrupt);
  }
}

function formatOf({ output, out }: AnalyzeOptions): RendererName {
  const wanted = output ?? FORMAT_OF_EXTENSION.get(extname(out ?? '')) ?? 'text';
  if (Object.hasOwn(RENDERERS, wanted)) return wanted as RendererName;
  throw new AppError('usage', `there is no output format "${wanted}"`, {
    place: '--output',
    remedy: `use -o ${Object.keys(RENDERERS).join(', -o ')}`,
  });
}

/** Before the long read, not after it. */
async function checkWritable(out: string): Promise<void> {
  try {
    await access(dirname(resolve(out)), constants.W_OK);
  } catch (cause) {
    throw unwritable(out, cause);
  }
}

function unwritable(out: string, cause: unknown): AppError {
  return new AppError('usage', `cannot write ${out}: ${(cause as Error).message}`, {
    place: '--out',
    remedy: 'name a file in a folder that exists and this user may write to',
    cause,
  });
}

async function deliver(
  report: Report,
  format: RendererName,
  out: string | undefined,
  terminal: Terminal,
): Promise<void> {
  const toFile = out !== undefined;
  const text = RENDERERS[format](report, { width: widthOf(terminal), colour: !toFile && wantsColour(terminal) });
  if (!toFile) return print(text, terminal);
  try {
    await writeFile(out, text);
  } catch (cause) {
    throw unwritable(out, cause);
  }
}

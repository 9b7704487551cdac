import { AppError } from '../domain/error.ts';
import type { Terminal } from './terminal.ts';

/** A reader that went away early, as in `| head`, is not an error, whenever the stream learns of it. */
export function tolerateClosedPipe({ stdout, stderr }: Terminal): void {
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined);
}

/** Resolves when the reader has taken all, or has gone away; a full disk is an error. */
export function print(text: string, { stdout }: Terminal): Promise<void> {
  return new Promise((resolve, reject) => {
    stdout.write(text, (cause) => {
      const code = (cause as NodeJS.ErrnoException | null | undefined)?.code;
      if (!cause || code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') resolve();
      else reject(unwritable(cause));
    });
  });
}

function unwritable(cause: Error): AppError {
  return new AppError('usage', `cannot write the output: ${cause.message}`, {
    place: 'stdout',
    remedy: 'check that the disk it goes to has room',
    cause,
  });
}

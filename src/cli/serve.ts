import { describeConfig, readConfig } from '../config.ts';
import { ERROR_STATUS } from './exit-status.ts';
import { print } from './printing.ts';
import type { Terminal } from './terminal.ts';

export interface ServeOptions {
  readonly config?: string;
  readonly check?: boolean;
}

/** `postflight serve`: until SIGTERM or Ctrl-C; a second one does not wait for what is under way. */
export async function serve(options: ServeOptions, terminal: Terminal): Promise<number> {
  const config = readConfig(terminal.env, options.config);
  if (options.check === true) {
    const { checkStores } = await import('../check-stores.ts');
    await print(describeConfig(config), terminal);
    const changes = await checkStores(config);
    if (changes.length > 0) await print(`${changes.join('\n')}\n`, terminal);
    return 0;
  }
  // Loaded here, so that `analyze` never pays for the service.
  const { startService } = await import('../main.ts');
  const service = await startService(config, terminal.env);
  await interruptionOf(terminal);
  terminal.once('SIGINT', () => process.exit(ERROR_STATUS.interrupted));
  terminal.once('SIGTERM', () => process.exit(ERROR_STATUS.interrupted));
  await service.stop();
  return 0;
}

function interruptionOf(terminal: Terminal): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      terminal.removeListener('SIGINT', stop);
      terminal.removeListener('SIGTERM', stop);
      resolve();
    };
    terminal.once('SIGINT', stop);
    terminal.once('SIGTERM', stop);
  });
}

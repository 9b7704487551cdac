import type { Config } from './config.ts';

export interface Service {
  stop(): Promise<void>;
}

export async function startService(_config: Config): Promise<Service> {
  throw new Error('not composed yet');
}

export async function checkService(_config: Config): Promise<void> {}

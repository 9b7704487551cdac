import { parseArgs } from 'node:util';

export interface Options {
  /** Fewer cases and repetitions: under a minute. */
  readonly quick: boolean;
  /** Names of sets and simulations; null: all. */
  readonly wanted: ReadonlySet<string> | null;
  /** Name the cases that came out wrong. */
  readonly wrong: boolean;
}

export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: 'boolean', default: false },
      set: { type: 'string' },
      wrong: { type: 'boolean', default: false },
    },
  });
  const wanted = values.set === undefined ? null : new Set(values.set.split(',').map((name) => name.trim()));
  return { quick: values.quick, wanted, wrong: values.wrong };
}

export function isWanted(options: Options, name: string): boolean {
  return options.wanted?.has(name) ?? true;
}

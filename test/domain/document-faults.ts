import { expect } from 'vitest';
import { AppError } from '../../src/domain/error.ts';

/** What a decoder threw, as the lines a reader sees: place, message and remedy of every problem. */
export function faultLines(decode: () => unknown): string[] {
  const error = faultOf(decode);
  const [first, ...lines] = error.message.split('\n');
  if (lines.length === 0) return [`${error.place}: ${error.message}; ${error.remedy}`];
  const told = lines.at(-1)?.match(/^and (\d+) more$/);
  const shown = lines.length - 1;
  expect(first).toBe(told ? `the first ${shown} of ${shown + Number(told[1])} problems:` : `${lines.length} problems:`);
  expect(lines[0]?.startsWith(`${error.place}: `)).toBe(true);
  return lines;
}

export function faultOf(decode: () => unknown): AppError {
  try {
    decode();
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).code).toBe('document');
    return error as AppError;
  }
  throw new Error('decoded without a fault');
}

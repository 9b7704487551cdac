import type { Format } from './format.ts';
import { otlpJson } from './otlp-json.ts';

/** Every format a file may hold. A new one is a file, a line here, and a pair of golden files; then it can be a source. */
export const FORMATS: readonly Format[] = [otlpJson];

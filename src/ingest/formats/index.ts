import type { Format, LineFormat } from './format.ts';
import { otlpJson } from './otlp-json.ts';
import { otlpProtobuf } from './otlp-protobuf.ts';

/** Every format a file may hold. A new one is a file, a line here, and a pair of golden files; then it can be a source. */
export const LINE_FORMATS: readonly LineFormat[] = [otlpJson];

/** Every format a request body may have; told apart by content type. */
export const FORMATS: readonly Format[] = [...LINE_FORMATS, otlpProtobuf];

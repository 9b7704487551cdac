import type { FileFormat, Format, LineFormat } from './format.ts';
import { openMetrics } from './open-metrics.ts';
import { otlpJson } from './otlp-json.ts';
import { otlpProtobuf } from './otlp-protobuf.ts';

/** Formats of files whose lines are records. A new one is a file, a line here, and a pair of golden files. */
export const LINE_FORMATS: readonly LineFormat[] = [otlpJson];

/** Every format a request body may have; told apart by content type. */
export const FORMATS: readonly Format[] = [...LINE_FORMATS, otlpProtobuf];

/** Every format a file may hold; each is a kind of source. */
export const FILE_FORMATS: readonly FileFormat[] = [...LINE_FORMATS, openMetrics];

import type { TelemetrySink } from '../../domain/telemetry.ts';
import type { BodyDecoder, Signal } from './format.ts';
import { FORMATS } from './index.ts';
import { mediaTypeOf } from './media-type.ts';

/**
 * A decoder for bodies of a content type, which may carry parameters; null where no format has it. To be kept and used
 * again for the same sink: a decoder that has seen a stream reads its points several times faster.
 */
export function openDecoder(contentType: string, signal: Signal, sink: TelemetrySink): BodyDecoder | null {
  const wanted = mediaTypeOf(contentType);
  return FORMATS.find((format) => format.contentType === wanted)?.openBody(sink, signal) ?? null;
}

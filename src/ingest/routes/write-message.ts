import { AppError } from '../../domain/error.ts';
import type { WriteMessage } from '../formats/remote-write/remote-write-decoder.ts';

const MEDIA_TYPE = 'application/x-protobuf';
const MESSAGES: readonly WriteMessage[] = ['prometheus.WriteRequest', 'io.prometheus.write.v2.Request'];
const REMEDY = `send ${MEDIA_TYPE}, with proto=${MESSAGES.join(' or proto=')}, compressed with snappy`;

/** Which message a request says its body is. Senders before 1.0 said nothing (remote write 2.0, content negotiation). */
export function writeMessageOf(headers: Headers): WriteMessage {
  const encoding = (headers.get('content-encoding') ?? 'snappy').trim().toLowerCase();
  if (encoding !== 'snappy') throw unsupported(`content encoding ${JSON.stringify(encoding)}`);
  const contentType = headers.get('content-type') ?? MEDIA_TYPE;
  const [mediaType = '', ...parameters] = contentType.split(';').map((part) => part.trim());
  if (mediaType.toLowerCase() !== MEDIA_TYPE) throw unsupported(`content type ${JSON.stringify(contentType)}`);
  const named = parameters.find((parameter) => /^proto\s*=/i.test(parameter));
  if (named === undefined) return 'prometheus.WriteRequest';
  const name = named.slice(named.indexOf('=') + 1).trim();
  const message = MESSAGES.find((known) => known === unquoted(name));
  if (message === undefined) throw unsupported(`message ${JSON.stringify(name)}`);
  return message;
}

function unquoted(text: string): string {
  return /^"(.*)"$/.exec(text)?.[1] ?? text;
}

function unsupported(what: string): AppError {
  return new AppError('unsupported-media', `${what} is not understood`, { remedy: REMEDY });
}

import type { Receipt } from '../../domain/telemetry-store.ts';
import type { Signal } from '../formats/format.ts';

/** A body in one of OTLP's two encodings; the answer's has to be the request's. */
export interface OtlpAnswers {
  readonly contentType: string;
  exportResponse(signal: Signal, receipt: Receipt): Uint8Array;
  /** `google.rpc.Status`. */
  status(code: number, message: string): Uint8Array;
}

const REJECTED_FIELD = {
  metrics: 'rejectedDataPoints',
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
} as const satisfies Record<Signal, string>;

/** OTLP advises 4 MiB for whole answers; a reader wants a line. */
const LONGEST_MESSAGE = 1000;

const encoder = new TextEncoder();

const json: OtlpAnswers = {
  contentType: 'application/json',
  exportResponse: (signal, receipt) => {
    if (isUnremarkable(receipt)) return encoder.encode('{}');
    const partialSuccess = {
      [REJECTED_FIELD[signal]]: String(receipt.rejected),
      errorMessage: receiptMessage(receipt),
    };
    return encoder.encode(JSON.stringify({ partialSuccess }));
  },
  status: (code, message) => encoder.encode(JSON.stringify({ code, message: clipped(message) })),
};

const protobuf: OtlpAnswers = {
  contentType: 'application/x-protobuf',
  exportResponse: (_signal, receipt) => {
    if (isUnremarkable(receipt)) return new Uint8Array(0);
    return lengthField(1, concatenated(varintField(1, receipt.rejected), textField(2, receiptMessage(receipt))));
  },
  status: (code, message) => concatenated(varintField(1, code), textField(2, clipped(message))),
};

/** Answers go in the encoding of the request; in JSON, which people can read, where that is not known. */
export function answersFor(contentType: string): OtlpAnswers {
  return contentType === protobuf.contentType ? protobuf : json;
}

function isUnremarkable({ rejected, reasons }: Receipt): boolean {
  return rejected === 0 && reasons.length === 0;
}

/** Why what was rejected was, in one line; clipped. */
export function receiptMessage({ reasons }: Receipt): string {
  const sentences = reasons.map(({ code, count, where, detail }) => {
    const place = [where, detail].filter((part) => part !== '').join(': ');
    return `${code}${count > 1 ? ` (${count} times)` : ''}${place === '' ? '' : ` at ${place}`}`;
  });
  return clipped(sentences.join('; '));
}

function clipped(message: string): string {
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
}

const LENGTH_DELIMITED = 2;

function varintField(field: number, value: number): Uint8Array {
  return value === 0 ? new Uint8Array(0) : Uint8Array.from([field << 3, ...varint(value)]);
}

function textField(field: number, text: string): Uint8Array {
  return text === '' ? new Uint8Array(0) : lengthField(field, encoder.encode(text));
}

function lengthField(field: number, content: Uint8Array): Uint8Array {
  const head = Uint8Array.from([(field << 3) | LENGTH_DELIMITED, ...varint(content.length)]);
  return concatenated(head, content);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

function concatenated(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

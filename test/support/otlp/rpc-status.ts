import protobuf from 'protobufjs';

/** google.rpc.Status (Apache-2.0), with which OTLP answers what it refuses. */
const PROTO = `
syntax = "proto3";
message Any { string type_url = 1; bytes value = 2; }
message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
`;

const STATUS = protobuf.parse(PROTO).root.lookupType('Status');

/** Throws where the bytes are not one Status, and nothing but one. */
export function decodeStatus(bytes: Uint8Array): unknown {
  const message = STATUS.decode(bytes);
  const again = STATUS.encode(message).finish();
  if (Buffer.compare(again, bytes) !== 0) throw new Error('it holds more than a Status, or holds it otherwise');
  return STATUS.toObject(message);
}

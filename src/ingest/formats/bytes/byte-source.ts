/** Bytes that something reads through, with a view on the very same ones. */
export interface ByteSource {
  readonly bytes: Buffer;
  readonly view: DataView;
}

declare module 'snappyjs' {
  export function compress(content: Uint8Array): Uint8Array;
  export function uncompress(block: Uint8Array, maxLength?: number): Uint8Array;
}

/** Type and subtype, which are the same in either case (RFC 9110, 8.3.1), without parameters. */
export function mediaTypeOf(contentType = ''): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

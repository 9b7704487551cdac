const SPACE = 0x20;
const TAB = 0x09;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Where the series at the beginning of a line ends: after its braces, or before the first blank; -1 where they stay open. */
export function seriesEnd(line: Buffer): number {
  let at = 0;
  while (at < line.length && line[at] !== OPEN && line[at] !== SPACE && line[at] !== TAB) at++;
  let open = at;
  while (line[open] === SPACE || line[open] === TAB) open++;
  if (line[open] !== OPEN) return at;
  let isQuoted = false;
  for (let i = open + 1; i < line.length; i++) {
    const byte = line[i]!;
    if (byte === BACKSLASH) i++;
    else if (byte === QUOTE) isQuoted = !isQuoted;
    else if (byte === CLOSE && !isQuoted) return i + 1;
  }
  return -1;
}

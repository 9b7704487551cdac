const INVISIBLE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]|(?![\ufe0e\ufe0f])\p{Default_Ignorable_Code_Point}|[\u2000-\u200a\u2800]/gu;
const SHORT_ESCAPES = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** Nobody reads more of one name or sentence; the JSON report holds it whole. */
const MOST_CHARACTERS = 4000;
const KEPT_CHARACTERS = 1000;

/**
 * Telemetry text as something a screen cannot be tricked with: control and format characters, bidirectional overrides,
 * lone surrogates and look-alike spaces become escapes such as `\u001b`.
 */
export function visible(text: string): string {
  const clipped =
    text.length <= MOST_CHARACTERS ? text : `${text.slice(0, KEPT_CHARACTERS)}… (${text.length} characters)`;
  return clipped.replace(INVISIBLE, (character) => SHORT_ESCAPES.get(character) ?? escapeCodePoint(character));
}

function escapeCodePoint(character: string): string {
  const hex = character.codePointAt(0)!.toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}

/** A name that is never nothing on the page. */
export function visibleName(name: string): string {
  return name.trim() === '' ? '(empty)' : visible(name);
}
